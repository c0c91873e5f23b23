using System.Text.Json.Nodes;
using UserOrder.Messaging.Events;
using UserOrder.Tests.Graph;
using UserOrder.Tests.Integration;

namespace UserOrder.Tests.Contracts;

/// <summary>The AsyncAPI document matches the schemas, the code and the real broker.</summary>
public sealed class AsyncApiTests(RunningGraph graph) : IntegrationTest(graph)
{
    private static readonly JsonObject Document = ContractFiles.ReadYaml(Path.Combine(ContractFiles.Folder, "asyncapi.yaml"));

    private static JsonObject Channels => Document["channels"]!.AsObject();

    public static TheoryData<string> Queues { get; } =
        [.. Channels.Select(channel => channel.Value!["bindings"]!["amqp"]!["queue"]?["name"]?.GetValue<string>()).OfType<string>()];

    [Fact]
    public void Every_published_event_has_a_channel_a_schema_examples_and_counter_examples()
    {
        string[] published = [UserOrder.UserApi.Users.UserCreated.V1.Name, UserOrder.OrderApi.Orders.OrderPlaced.V1.Name];

        Assert.Equal(published.Order(StringComparer.Ordinal), ContractFiles.EventTypes);
        Assert.Equal(
            published.Order(StringComparer.Ordinal),
            Channels.Where(channel => channel.Value!["bindings"]!["amqp"]!["exchange"] is not null)
                .Select(channel => channel.Value!["address"]!.GetValue<string>())
                .Order(StringComparer.Ordinal));
        Assert.All(published, type =>
        {
            Assert.NotEmpty(ContractFiles.Messages(type, "examples"));
            Assert.NotEmpty(ContractFiles.Messages(type, "counter-examples"));
        });
    }

    [Fact]
    public void The_id_of_a_schema_is_the_dataschema_of_the_envelope() =>
        Assert.All(ContractFiles.EventTypes, type => Assert.Equal(
            CloudEvent.SchemaOf(type),
            ContractFiles.Read(ContractFiles.EventSchema(ContractFiles.Folder, type))["$id"]!.GetValue<string>()));

    [Fact]
    public void Every_example_is_valid_and_every_counter_example_is_invalid() =>
        Assert.All(ContractFiles.EventTypes, type =>
        {
            var contract = EventContract.Of(type);
            Assert.All(ContractFiles.Messages(type, "examples"), path => Assert.Empty(contract.Check(File.ReadAllBytes(path))));
            Assert.All(ContractFiles.Messages(type, "counter-examples"), path => Assert.NotEmpty(contract.Check(File.ReadAllBytes(path))));
        });

    [Fact]
    public void The_examples_in_the_document_equal_the_example_files() =>
        Assert.All(Document["components"]!["messages"]!.AsObject(), message =>
        {
            var example = Assert.Single(message.Value!["examples"]!.AsArray())!;
            var files = ContractFiles.Messages(message.Value["name"]!.GetValue<string>(), "examples")
                .ToDictionary(file => ContractFiles.Read(file).ToJsonString(), Path.GetFileNameWithoutExtension);
            if (example["payload"] is JsonArray events)
            {
                Assert.All(events, sent => Assert.Contains(sent!.ToJsonString(), files.Keys));
            }
            else
            {
                Assert.Equal(example["name"]!.GetValue<string>(), files[example["payload"]!.ToJsonString()]);
            }
        });

    /// <summary>The broker refuses to redeclare an exchange with other properties.</summary>
    [Fact]
    public async Task The_broker_has_the_documented_exchanges()
    {
        var channel = await OpenChannelAsync();
        var exchanges = Channels.Select(described => described.Value!["bindings"]!["amqp"]!["exchange"]).OfType<JsonNode>().ToList();

        Assert.NotEmpty(exchanges);
        foreach (var exchange in exchanges)
        {
            await channel.ExchangeDeclareAsync(
                exchange["name"]!.GetValue<string>(),
                exchange["type"]!.GetValue<string>(),
                exchange["durable"]!.GetValue<bool>(),
                exchange["autoDelete"]!.GetValue<bool>(),
                cancellationToken: Cancelled);
        }
    }

    [Theory]
    [MemberData(nameof(Queues))]
    public async Task The_broker_has_each_documented_queue_and_its_dead_letter_queue(string queue)
    {
        var channel = await OpenChannelAsync();

        Assert.Equal(queue, (await channel.QueueDeclarePassiveAsync(queue, Cancelled)).QueueName);
        Assert.Equal($"{queue}.dead", (await channel.QueueDeclarePassiveAsync($"{queue}.dead", Cancelled)).QueueName);
    }

    [Theory]
    [MemberData(nameof(Queues))]
    public async Task A_queue_refuses_messages_beyond_its_limits_and_dead_letters_at_least_once(string queue)
    {
        RequireOwnGraph();
        using var administrator = await BrokerAdministrator.OfAsync(Graph);
        var (arguments, ofDeadLetters) =
            (await administrator.ArgumentsOfAsync(queue), await administrator.ArgumentsOfAsync($"{queue}.dead"));

        Assert.All([arguments, ofDeadLetters], all =>
        {
            Assert.Equal("quorum", all["x-queue-type"]!.GetValue<string>());
            Assert.Equal("reject-publish", all["x-overflow"]!.GetValue<string>());
        });
        Assert.Equal("at-least-once", arguments["x-dead-letter-strategy"]!.GetValue<string>());
        Assert.Equal($"{queue}.dead", arguments["x-dead-letter-routing-key"]!.GetValue<string>());
    }
}
