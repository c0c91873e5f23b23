using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using RabbitMQ.Client;
using UserOrder.Tests.Graph;
using UserOrder.Tests.Integration;

namespace UserOrder.Tests.Contracts;

/// <summary>The events that the services publish, as the broker delivers them.</summary>
public sealed class EventProviderTests(RunningGraph graph) : IntegrationTest(graph)
{
    private static readonly JsonNode Messages =
        ContractFiles.ReadYaml(Path.Combine(ContractFiles.Folder, "asyncapi.yaml"))["components"]!["messages"]!;

    public static TheoryData<string, string> Names { get; } = new()
    {
        { "the shortest", "A" },
        { "accents and an emoji", "Ádá 🙂" },
        { "signs that JSON escapes", "\"<&>'\\/" },
        { "the longest", new string('名', 200) },
    };

    public static TheoryData<string, string> Items { get; } = new()
    {
        { "left out", "null" },
        { "empty", "[]" },
        { "one", """[{"sku":"tea","quantity":2,"unitPrice":1.25}]""" },
        { "the largest", $"[{string.Join(',', Enumerable.Repeat(LargestItem, 100))}]" },
    };

    private static string LargestItem => $$"""{"sku":"{{new string('s', 64)}}","quantity":1000,"unitPrice":999999999.99}""";

    [Theory]
    [MemberData(nameof(Names))]
    public async Task The_event_of_a_new_user_meets_its_contract(string kind, string name)
    {
        var channel = await OpenChannelAsync();
        var copies = await channel.CopyEventsAsync("user.created.v1", Cancelled);

        using var response = await UserApi.PostAsync(
            "/v1/users", Json(new JsonObject { ["name"] = name, ["email"] = NewEmail() }.ToJsonString()), Cancelled);

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        var id = (await ReadAsync(response)).GetProperty("id").GetString()!;
        var message = await NextAsync(channel, copies, id, kind);
        AssertValid(message, "userCreatedV1", "user-api");
        Assert.Equal(name, JsonNode.Parse(message.Body.Span)!["data"]!["name"]!.GetValue<string>());
    }

    [Theory]
    [MemberData(nameof(Items))]
    public async Task The_event_of_a_new_order_meets_its_contract(string kind, string items)
    {
        var channel = await OpenChannelAsync();
        var userId = await CreateUserAsync();
        var copies = await channel.CopyEventsAsync("order.placed.v1", Cancelled);

        using var response = await OrderApi.PostAsync("/v1/orders", Json($$"""{"userId":"{{userId}}","items":{{items}}}"""), Cancelled);

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        var id = (await ReadAsync(response)).GetProperty("orderId").GetString()!;
        AssertValid(await NextAsync(channel, copies, id, kind), "orderPlacedV1", "order-api");
    }

    [Fact]
    public async Task A_message_with_several_events_meets_its_contract()
    {
        var channel = await OpenChannelAsync();
        var copies = await channel.CopyEventsAsync("user.created.v1", Cancelled);
        var described = Messages["userCreatedV1Batch"]!;

        var ids = await Task.WhenAll(Enumerable.Range(0, 300).Select(_ => CreateUserAsync()));

        var published = new List<string>();
        var sizes = new List<int>();
        await Until.TrueAsync("all events are published", TakeAsync, _ => ids.All(id => published.Contains($"{id}")));
        Assert.Contains(sizes, size => size > 1);

        async Task<int> TakeAsync()
        {
            while (await channel.BasicGetAsync(copies, autoAck: true, Cancelled) is { } message)
            {
                var events = TestEvents.EventsIn(message).ToList();
                Assert.All(events, sent => EventContract.Of("user.created.v1").AssertValid(Encoding.UTF8.GetBytes(sent.GetRawText())));
                if (message.BasicProperties.ContentType == described["contentType"]!.GetValue<string>())
                {
                    Assert.InRange(events.Count, 2, 100);
                    Assert.Equal(events[0].GetProperty("id").GetString(), message.BasicProperties.MessageId);
                    Assert.Equal("user.created.v1", message.BasicProperties.Type);
                    Assert.Equal("user-api", message.BasicProperties.AppId);
                    Assert.False(message.BasicProperties.IsHeadersPresent());
                }

                sizes.Add(events.Count);
                published.AddRange(events.Select(sent => sent.GetProperty("subject").GetString()!));
            }

            return published.Count;
        }
    }

    private static void AssertValid(BasicGetResult message, string name, string service)
    {
        var described = Messages[name]!;
        var type = described["name"]!.GetValue<string>();
        EventContract.Of(type).AssertValid(message.Body);

        Assert.Equal("user-order.events", message.Exchange);
        Assert.Equal(type, message.RoutingKey);
        Assert.Equal(described["contentType"]!.GetValue<string>(), message.BasicProperties.ContentType);
        Assert.Equal(described["bindings"]!["amqp"]!["messageType"]!.GetValue<string>(), message.BasicProperties.Type);
        Assert.Equal(DeliveryModes.Persistent, message.BasicProperties.DeliveryMode);
        Assert.Equal(service, message.BasicProperties.AppId);

        var envelope = JsonNode.Parse(message.Body.Span)!;
        Assert.Equal($"/{service}", envelope["source"]!.GetValue<string>());
        Assert.Equal(envelope["id"]!.GetValue<string>(), message.BasicProperties.MessageId);
        Assert.Equal(
            envelope["traceparent"]?.GetValue<string>() is null, message.BasicProperties.Headers?.ContainsKey("traceparent") is not true);
    }

    /// <summary>Waits for the event of that entity and skips late events of other tests.</summary>
    private static async Task<BasicGetResult> NextAsync(IChannel channel, string queue, string subject, string kind) =>
        (await Until.TrueAsync(
            $"the event is published: {kind}",
            () => channel.BasicGetAsync(queue, autoAck: true, Cancelled),
            got => got is not null
                && Encoding.UTF8.GetString(got.Body.Span).Contains($"\"subject\":\"{subject}\"", StringComparison.Ordinal)))!;
}
