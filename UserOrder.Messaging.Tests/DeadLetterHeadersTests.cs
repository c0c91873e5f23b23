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
}
