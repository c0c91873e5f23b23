using System.Text;
using System.Text.Json.Nodes;
using UserOrder.Tests.Graph;
using UserOrder.Tests.Integration;

namespace UserOrder.Tests.Contracts;

/// <summary>Each service processes every example of its events, and none of the counter-examples.</summary>
public sealed class EventConsumerTests(RunningGraph graph) : IntegrationTest(graph)
{
    public static TheoryData<string, string> Examples { get; } = Files("examples");

    public static TheoryData<string, string> CounterExamples { get; } = Files("counter-examples");

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task An_example_takes_effect(string type, string name) =>
        await AssertTakesEffectAsync(type, ReadNew(type, "examples", name));

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task An_example_with_unknown_fields_takes_effect(string type, string name)
    {
        var message = ReadNew(type, "examples", name);
        AddUnknownFields(message);

        Assert.Empty(EventContract.Of(type).Check(Bytes(message)));
        await AssertTakesEffectAsync(type, message);
    }

    [Theory]
    [MemberData(nameof(CounterExamples))]
    public async Task A_counter_example_becomes_a_dead_letter_and_has_no_effect(string type, string name)
    {
        var consumer = ConsumerOf(type);
        var database = await OpenDatabaseAsync(consumer.Database);
        var channel = await OpenChannelAsync();
        var body = await File.ReadAllBytesAsync(
            Path.Combine(ContractFiles.Folder, "events", type, "counter-examples", $"{name}.json"), Cancelled);
        await channel.QueuePurgeAsync($"{consumer.Queue}.dead", Cancelled);

        await channel.PublishEventAsync(type, body, Cancelled);

        var dead = await Until.TrueAsync(
            "the message is a dead letter",
            () => channel.BasicGetAsync($"{consumer.Queue}.dead", autoAck: true, Cancelled),
            got => got is not null);
        Assert.Equal(body, dead!.Body.ToArray());
        Assert.NotEmpty(Encoding.UTF8.GetString((byte[])dead.BasicProperties.Headers!["x-reason"]!));
        if (JsonNode.Parse(body)!["id"]?.GetValue<string>() is { } text && Guid.TryParse(text, out var id))
        {
            Assert.Equal(0, await CountAsync(database, "select count(*) from inbox where event_id = $1", id));
        }
    }

    private async Task AssertTakesEffectAsync(string type, JsonObject message)
    {
        var consumer = ConsumerOf(type);
        var database = await OpenDatabaseAsync(consumer.Database);
        var channel = await OpenChannelAsync();
        var eventId = Guid.Parse(message["id"]!.GetValue<string>());
        var userId = Guid.Parse(message["data"]![consumer.UserId]!.GetValue<string>());

        await channel.PublishEventAsync(type, Bytes(message), Cancelled);

        await Until.EqualAsync(1, "the event took effect", () => CountAsync(database, consumer.Effect, userId));

        // Tests that compare the inbox with users and orders must not see this row: the event has no user or order as its cause.
        Assert.Equal(
            1,
            await CountAsync(
                database, "with gone as (delete from inbox where event_id = $1 returning 1) select count(*) from gone", eventId));
    }

    private static (string Queue, string Database, string UserId, string Effect) ConsumerOf(string type) => type switch
    {
        "user.created.v1" => ("order-api.user-created", "orderdb", "id", "select count(*) from known_users where id = $1"),
        "order.placed.v1" =>
            ("user-api.order-placed", "userdb", "userId", "select count(*) from order_totals where user_id = $1 and order_count = 1"),
        _ => throw new ArgumentException($"{type} has no consumer here: add one.", nameof(type)),
    };

    private static TheoryData<string, string> Files(string kind) => new(
        from type in ContractFiles.EventTypes
        from path in ContractFiles.Messages(type, kind)
        select (type, Path.GetFileNameWithoutExtension(path)));

    /// <summary>The example with a new event id and a new entity id, so that its effect can be counted.</summary>
    private static JsonObject ReadNew(string type, string kind, string name)
    {
        var message = ContractFiles.Read(Path.Combine(ContractFiles.Folder, "events", type, kind, $"{name}.json"));
        message["id"] = Guid.CreateVersion7().ToString();
        message["time"] = DateTimeOffset.UtcNow;
        message["data"]![ConsumerOf(type).UserId] = Guid.CreateVersion7().ToString();
        return message;
    }

    private static byte[] Bytes(JsonObject message) => Encoding.UTF8.GetBytes(message.ToJsonString());

    private static void AddUnknownFields(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject fields:
                foreach (var field in fields.Select(field => field.Value).ToList())
                {
                    AddUnknownFields(field);
                }

                fields["unknown"] = new JsonObject { ["to"] = new JsonArray("everybody", 1, true, null) };
                break;
            case JsonArray elements:
                foreach (var element in elements)
                {
                    AddUnknownFields(element);
                }

                break;
        }
    }
}
