using System.Text;
using UserOrder.Messaging.Events;

namespace UserOrder.Messaging.Tests;

public sealed class CloudEventBatchTests
{
    [Theory]
    [InlineData("""[{"id":"1"}]""", new[] { """{"id":"1"}""" })]
    [InlineData(" [ {\"a\":[1,{}]} ,\n 2 , null, \"x\", [3] ] ", new[] { """{"a":[1,{}]}""", "2", "null", "\"x\"", "[3]" })]
    public void Each_value_is_found_whatever_it_is(string body, string[] events) => Assert.Equal(events, Split(body));

    [Theory]
    [InlineData("", "The body is not a JSON array of events.")]
    [InlineData("{}", "The body is not a JSON array of events.")]
    [InlineData("""[{"id":"1"},{"id":""", "The body is not a JSON array of events.")]
    [InlineData("""[{"id":"1"}""", "The body is not a JSON array of events.")]
    [InlineData("[1] 2", "The body is not a JSON array of events.")]
    [InlineData("[]", "The message has no event.")]
    public void Another_body_is_unreadable_as_a_whole(string body, string reason) =>
        Assert.Equal(reason, Assert.Throws<UnreadableEventException>(() => Split(body)).Message);

    [Theory]
    [InlineData(1000, true)]
    [InlineData(1001, false)]
    [InlineData(10_000, false)]
    public void At_most_1000_events_are_split(int count, bool isSplit)
    {
        var body = $"[{string.Join(',', Enumerable.Repeat("{}", count))}]";

        if (isSplit)
        {
            Assert.Equal(count, Split(body).Count());
        }
        else
        {
            Assert.Equal("The message has more than 1000 events.", Assert.Throws<UnreadableEventException>(() => Split(body)).Message);
        }
    }

    [Theory]
    [InlineData(32, true)]
    [InlineData(33, false)]
    public void An_event_may_be_as_deep_as_a_single_one(int depth, bool isSplit)
    {
        var body = $"[{new string('[', depth)}{new string(']', depth)}]";

        Assert.Equal(isSplit, Record.Exception(() => Split(body)) is null);
    }

    private static IEnumerable<string> Split(string body)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        return [.. CloudEventBatch.Split(bytes).Select(range => Encoding.UTF8.GetString(bytes[range]))];
    }
}
