using RabbitMQ.Client;
using UserOrder.Messaging.DeadLetters;

namespace UserOrder.Messaging.Tests;

public sealed class DeadLetterHeadersTests
{
    [Fact]
    public void A_replay_drops_the_dead_letter_headers_and_adds_its_time()
    {
        var headers = new Dictionary<string, object?>
        {
            ["x-reason"] = "why",
            ["x-queue"] = "q",
            ["x-died-at"] = "2026-01-02T03:04:05Z",
            ["x-replayed-at"] = "2026-01-01T03:04:05Z",
            ["x-dropped-header-bytes"] = 70_000,
            ["CC"] = new List<object?> { "another-queue" },
            ["x-death"] = new List<object?>(),
            ["x-first-death-reason"] = "expired",
            ["x-first-death-queue"] = "q",
            ["x-last-death-exchange"] = "",
            ["x-delivery-count"] = 7,
            ["traceparent"] = "00-1-2-01",
        };

        var now = DateTimeOffset.UtcNow;
        var replayed = DeadLetterHeaders.OfReplay(headers, now);

        Assert.Equal(["traceparent", "x-replayed-at"], replayed.Keys);
        Assert.Equal(now, DeadLetterHeaders.ReplayTimeOf(replayed));
        Assert.Equal(["x-replayed-at"], DeadLetterHeaders.OfReplay(null, now).Keys);
        Assert.Null(DeadLetterHeaders.ReplayTimeOf(null));
    }

    [Fact]
    public void An_edit_adds_who_and_when_and_a_replay_keeps_them()
    {
        var now = DateTimeOffset.UtcNow;
        var headers = new Dictionary<string, object?> { ["x-reason"] = "why", ["x-edited-by"] = "bob" };
        var edited = DeadLetterHeaders.OfEdit(headers, now, "olga");

        Assert.Equal("olga", edited["x-edited-by"]);
        Assert.Equal($"{now:O}", edited["x-edited-at"]);
        Assert.Equal(["x-edited-at", "x-edited-by", "x-replayed-at"], DeadLetterHeaders.OfReplay(edited, now).Keys.Order());
        Assert.Equal(["x-edited-at", "x-replayed-at"], DeadLetterHeaders.OfEdit(edited, now, editor: null).Keys.Order());
    }

    [Theory]
    [InlineData("delivery_limit", "The broker gave up after the delivery limit.")]
    [InlineData("expired", "The message expired in the queue.")]
    [InlineData("maxlen", "The queue was full.")]
    [InlineData("rejected", "A consumer rejected the message.")]
    [InlineData("something-new", "The broker gave up: something-new.")]
    public void The_latest_reason_of_the_broker_becomes_a_sentence(string latest, string sentence)
    {
        var headers = new Dictionary<string, object?>
        {
            ["x-first-death-reason"] = "an earlier one"u8.ToArray(),
            ["x-death"] = new List<object?>
            {
                new Dictionary<string, object?>
                {
                    ["reason"] = System.Text.Encoding.UTF8.GetBytes(latest),
                    ["time"] = new AmqpTimestamp(60),
                },
            },
        };

        Assert.Equal(sentence, DeadLetterHeaders.ReasonOf(headers));
        Assert.Equal(DateTimeOffset.UnixEpoch.AddMinutes(1), DeadLetterHeaders.TimeOf(headers));
    }

    [Fact]
    public void The_reason_of_the_consumer_takes_precedence_over_that_of_the_broker()
    {
        var headers = new Dictionary<string, object?>
        {
            ["x-reason"] = "why"u8.ToArray(),
            ["x-first-death-reason"] = "expired"u8.ToArray(),
        };
        var died = new Dictionary<string, object?> { ["x-died-at"] = "2026-01-02T03:04:05.0000000+00:00"u8.ToArray() };

        Assert.Equal("why", DeadLetterHeaders.ReasonOf(headers));
        Assert.Null(DeadLetterHeaders.ReasonOf(null));
        Assert.Null(DeadLetterHeaders.TimeOf(headers));
        Assert.Equal(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero), DeadLetterHeaders.TimeOf(died));
    }

    [Fact]
    public void The_first_reason_of_the_broker_counts_if_it_is_the_only_one()
    {
        var headers = new Dictionary<string, object?>
        {
            ["x-first-death-reason"] = "expired"u8.ToArray(),
            ["x-death"] = new List<object?>(),
        };

        Assert.Equal("The message expired in the queue.", DeadLetterHeaders.ReasonOf(headers));
        Assert.Null(DeadLetterHeaders.TimeOf(headers));
    }

    [Fact]
    public void A_dead_letter_keeps_its_headers_without_further_recipients_and_tells_where_why_and_when_it_died()
    {
        var headers = new Dictionary<string, object?>
        {
            ["CC"] = new List<object?> { "another-queue" },
            ["BCC"] = new List<object?> { "another-queue" },
            ["traceparent"] = "00-1-2-01",
        };
        var now = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

        var dead = DeadLetterHeaders.OfDeath(headers, "things", "why", attempts: 0, now);

        Assert.Equal(["traceparent", "x-reason", "x-queue", "x-died-at"], dead.Keys);
        Assert.Equal("why", DeadLetterHeaders.ReasonOf(dead));
        Assert.Equal("things", dead["x-queue"]);
        Assert.Equal(now, DeadLetterHeaders.TimeOf(dead));
        Assert.Equal(["x-reason", "x-queue", "x-died-at"], DeadLetterHeaders.OfDeath(null, "things", "why", attempts: 0, now).Keys);
    }

    [Fact]
    public void A_dead_letter_counts_the_attempts_of_its_handler_and_trusts_no_other_count()
    {
        var forged = new Dictionary<string, object?> { ["x-attempts"] = 9 };
        var failed = DeadLetterHeaders.OfDeath(forged, "things", "why", attempts: 3, DateTimeOffset.UnixEpoch);
        var unreadable = DeadLetterHeaders.OfDeath(forged, "things", "why", attempts: 0, DateTimeOffset.UnixEpoch);

        Assert.Equal(3, DeadLetterHeaders.AttemptsOf(failed));
        Assert.Equal(0, DeadLetterHeaders.AttemptsOf(unreadable));
        Assert.Equal(0, DeadLetterHeaders.AttemptsOf(null));
        Assert.DoesNotContain("x-attempts", DeadLetterHeaders.OfReplay(failed, DateTimeOffset.UnixEpoch).Keys);
    }

    [Fact]
    public void Headers_of_over_64_KiB_are_replaced_by_their_size()
    {
        Assert.Null(DroppedBytes(new byte[65_524]));
        Assert.Equal(65_537, DroppedBytes(new byte[65_525]));
        Assert.Equal(70_012, DroppedBytes(new string('é', 35_000)));
        Assert.Equal(70_026, DroppedBytes(new List<object?> { new byte[70_000], 7 }));
        Assert.Equal(
            70_026, DroppedBytes(new Dictionary<string, object?> { ["b"] = new byte[35_000], ["c"] = new byte[35_000] }));

        static object? DroppedBytes(object value)
        {
            var headers = new Dictionary<string, object?> { ["a"] = value };
            var dead = DeadLetterHeaders.OfDeath(headers, "things", "why", attempts: 0, DateTimeOffset.UnixEpoch);
            var dropped = dead.GetValueOrDefault("x-dropped-header-bytes");
            Assert.Equal(dropped is null, dead.ContainsKey("a"));
            Assert.Equal("why", DeadLetterHeaders.ReasonOf(dead));
            return dropped;
        }
    }

    [Fact]
    public void An_operator_reads_every_header_as_text()
    {
        var headers = new Dictionary<string, object?>
        {
            ["none"] = null,
            ["bytes"] = "tea"u8.ToArray(),
            ["number"] = 1.5,
            ["time"] = new AmqpTimestamp(60),
            ["table"] = new Dictionary<string, object?> { ["a"] = 1, ["b"] = "tea"u8.ToArray() },
            ["list"] = new List<object?> { 1, "tea" },
        };

        Assert.Equal(
            ["none: ", "bytes: tea", "number: 1.5", "time: 1970-01-01T00:01:00.0000000+00:00", "table: {a: 1, b: tea}", "list: [1, tea]"],
            DeadLetterHeaders.AsText(headers).Select(header => $"{header.Key}: {header.Value}"));
        Assert.Empty(DeadLetterHeaders.AsText(null));
    }
}
