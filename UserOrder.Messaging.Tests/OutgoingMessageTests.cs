using System.Text;
using System.Text.Json;
using UserOrder.Messaging.Events;
using UserOrder.Messaging.Outbox;

namespace UserOrder.Messaging.Tests;

public sealed class OutgoingMessageTests
{
    private const int MaxBytes = OutgoingMessage.MaxBatchBytes;

    [Fact]
    public void One_event_a_message_is_what_older_consumers_read()
    {
        var events = Events("a.v1", "a.v1");

        var messages = OutgoingMessage.Pack(events, maxEvents: 1, MaxBytes);

        Assert.Equal(["application/cloudevents+json", "application/cloudevents+json"], messages.Select(message => message.ContentType));
        Assert.Equal(events.Select(sent => sent.Body), messages.Select(message => message.Write()));
        Assert.Equal(events.Select(sent => sent.Id), messages.Select(message => message.Id));
    }

    [Fact]
    public void A_single_event_goes_alone_although_more_would_fit()
    {
        var message = Assert.Single(OutgoingMessage.Pack(Events("a.v1"), maxEvents: 100, MaxBytes));

        Assert.Equal("application/cloudevents+json", message.ContentType);
    }

    [Fact]
    public void Events_of_one_type_are_an_array_in_their_order()
    {
        var events = Events("a.v1", "a.v1", "a.v1");

        var message = Assert.Single(OutgoingMessage.Pack(events, maxEvents: 100, MaxBytes));

        Assert.Equal("application/cloudevents-batch+json", message.ContentType);
        Assert.Equal([0, 1, 2], message.Indexes);
        var array = JsonElement.Parse(message.Write());
        Assert.Equal(events.Select(sent => Encoding.UTF8.GetString(sent.Body)), array.EnumerateArray().Select(sent => sent.GetRawText()));
    }

    [Fact]
    public void A_message_has_one_type_and_at_most_the_allowed_events()
    {
        var messages = OutgoingMessage.Pack(Events("a.v1", "b.v1", "a.v1", "a.v1", "b.v1"), maxEvents: 2, MaxBytes);

        Assert.Equal(
            ["a.v1: 0, 2", "b.v1: 1, 4", "a.v1: 3"],
            messages.Select(message => $"{message.Type}: {string.Join(", ", message.Indexes)}"));
    }

    [Theory]
    [InlineData(0, 2)]
    [InlineData(1, 1)]
    public void A_message_has_at_most_the_allowed_bytes(int excess, int fitting)
    {
        var events = Events("a.v1", "a.v1", "a.v1");
        var twoEvents = events[0].Body.Length + events[1].Body.Length + "[,]".Length;

        var messages = OutgoingMessage.Pack(events, maxEvents: 100, twoEvents - excess);

        Assert.Equal(fitting, messages[0].Indexes.Count());
        Assert.All(messages, message => Assert.InRange(message.Write().Length, 1, twoEvents - excess));
        Assert.Equal([0, 1, 2], messages.SelectMany(message => message.Indexes));
    }

    [Fact]
    public void An_event_larger_than_a_message_of_several_goes_alone()
    {
        var large = new OutboxMessage(Guid.CreateVersion7(), "a.v1", new byte[100], null, null);

        var messages = OutgoingMessage.Pack([.. Events("a.v1"), large, .. Events("a.v1")], maxEvents: 100, maxBytes: 90);

        Assert.Equal(3, messages.Count);
        Assert.Same(large.Body, messages[1].Write());
    }

    [Fact]
    public void The_consumer_splits_what_the_relay_has_packed()
    {
        var events = Events([.. Enumerable.Repeat("a.v1", 100)]);

        var body = Assert.Single(OutgoingMessage.Pack(events, maxEvents: 100, MaxBytes)).Write();

        Assert.Equal(events.Select(sent => sent.Body), CloudEventBatch.Split(body).Select(range => body[range]));
    }

    private static OutboxMessage[] Events(params string[] types) => [.. types.Select(Event)];

    private static OutboxMessage Event(string type, int index) =>
        new(Guid.CreateVersion7(), type, Encoding.UTF8.GetBytes($$"""{"id":"{{index:000}}"}"""), null, null);
}
