using System.Text;
using RabbitMQ.Client;
using UserOrder.Messaging.DeadLetters;
using UserOrder.Messaging.Events;

namespace UserOrder.Messaging.Tests;

public sealed class DeadLetterFilterTests
{
    private static readonly Guid EventId = Guid.CreateVersion7();

    [Fact]
    public void Without_a_condition_it_covers_all()
    {
        Assert.True(new DeadLetterFilter().IsAll);
        Assert.True(new DeadLetterFilter([]).IsAll);
        Assert.True(new DeadLetterFilter().Covers(Letter()));
    }

    [Fact]
    public void All_conditions_must_hold()
    {
        var letter = Letter();
        Assert.True(new DeadLetterFilter([letter.Id, "another"], "why", "thing.happened.v1").Covers(letter));
        Assert.False(new DeadLetterFilter(["another"], "why", "thing.happened.v1").Covers(letter));
        Assert.False(new DeadLetterFilter([letter.Id], "wh", "thing.happened.v1").Covers(letter));
        Assert.False(new DeadLetterFilter([letter.Id], "why", "thing.happened").Covers(letter));
        Assert.False(new DeadLetterFilter([letter.Id]).IsAll);
        Assert.False(new DeadLetterFilter(Reason: "").IsAll);
        Assert.False(new DeadLetterFilter(Type: "").IsAll);
    }

    [Fact]
    public void A_time_covers_dead_letters_of_a_known_time_from_the_start_to_before_the_end()
    {
        var died = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
        var letter = Letter(headers: new Dictionary<string, object?> { ["x-died-at"] = $"{died:O}" });
        Assert.True(new DeadLetterFilter(From: died, Until: died.AddTicks(1)).Covers(letter));
        Assert.False(new DeadLetterFilter(From: died.AddTicks(1)).Covers(letter));
        Assert.False(new DeadLetterFilter(Until: died).Covers(letter));
        Assert.False(new DeadLetterFilter(From: died).Covers(Letter()));
        Assert.False(new DeadLetterFilter(Until: died).Covers(Letter()));
        Assert.False(new DeadLetterFilter(From: died).IsAll);
        Assert.False(new DeadLetterFilter(Until: died).IsAll);
    }

    [Fact]
    public void It_describes_its_conditions()
    {
        var time = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.FromHours(1));
        Assert.Equal("all", new DeadLetterFilter([]).Describe());
        Assert.Equal("id 1, 2; reason unknown; type a.v1", new DeadLetterFilter(["1", "2"], "", "a.v1").Describe());
        Assert.Equal(
            "from 2026-01-02 02:04:05Z; until 2026-01-02 02:04:06Z",
            new DeadLetterFilter(From: time, Until: time.AddSeconds(1)).Describe());
    }

    [Fact]
    public void A_dead_letter_is_found_by_its_event_its_subject_or_its_trace()
    {
        const string trace = "0af7651916cd43dd8448eb211c80319c";
        var headers = new Dictionary<string, object?> { ["traceparent"] = Encoding.UTF8.GetBytes($"00-{trace}-b7ad6b7169203331-01") };
        Assert.Equal(trace, Letter(headers: headers).TraceId);
        Assert.True(Letter(headers: headers).Has(new EventKey(trace.ToUpperInvariant())));
        Assert.True(Letter().Has(new EventKey($"{EventId}")));
        Assert.True(Letter().Has(new EventKey("s-1")));
        Assert.False(Letter(headers: headers).Has(new EventKey(trace[1..])));
        Assert.False(Letter().Has(new EventKey(trace)));
        Assert.False(Letter("no event").Has(new EventKey("s-1")));
    }

    [Fact]
    public void An_empty_reason_or_type_covers_unknown_ones()
    {
        var unknown = Letter("no event", new Dictionary<string, object?>());
        Assert.True(new DeadLetterFilter(Reason: "", Type: "").Covers(unknown));
        Assert.False(new DeadLetterFilter(Reason: "").Covers(Letter()));
        Assert.False(new DeadLetterFilter(Type: "").Covers(Letter()));
    }

    [Fact]
    public void A_dead_letter_shows_its_subject_and_is_found_by_the_event_id_of_message_or_envelope()
    {
        Assert.Equal("s-1", Letter().Subject);
        Assert.True(Letter().IsEvent(EventId));
        Assert.True(Letter("no event", messageId: $"{EventId}").IsEvent(EventId));
        Assert.False(Letter("no event").IsEvent(EventId));
        Assert.False(Letter().IsEvent(Guid.CreateVersion7()));
        Assert.Null(Letter("no event").Subject);
    }

    private static DeadLetter Letter(string? body = null, Dictionary<string, object?>? headers = null, string? messageId = null)
    {
        body ??= $$"""{"id":"{{EventId}}","type":"thing.happened.v1","subject":"s-1"}""";
        var properties = new BasicProperties
        {
            MessageId = messageId,
            Headers = headers ?? new Dictionary<string, object?> { ["x-reason"] = "why" },
        };
        return new DeadLetter("things", new BasicGetResult(1, false, "", "things", 0, properties, Encoding.UTF8.GetBytes(body)));
    }
}
