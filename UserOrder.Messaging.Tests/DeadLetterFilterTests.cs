using System.Text;
using RabbitMQ.Client;
using UserOrder.Messaging.DeadLetters;

namespace UserOrder.Messaging.Tests;

public sealed class DeadLetterFilterTests
{
    private static readonly Guid EventId = Guid.CreateVersion7();

    [Fact]
    public void Without_a_condition_it_covers_all()
    {
        Assert.True(DeadLetterFilter.All.IsAll);
        Assert.True(new DeadLetterFilter([]).IsAll);
        Assert.True(DeadLetterFilter.All.Covers(Letter()));
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
