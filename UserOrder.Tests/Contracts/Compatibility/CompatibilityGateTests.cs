using System.Text.Json.Nodes;

namespace UserOrder.Tests.Contracts.Compatibility;

/// <summary>The compatibility gate: the contracts pass it, and it refuses each kind of breaking change.</summary>
public sealed class CompatibilityGateTests
{
    /// <summary>A request without a price made an order for nothing, which no client meant.</summary>
    private const string Accepted = "order-api.v1: POST /v1/orders: the request: items[].unitPrice is now required";

    [Fact]
    public void No_contract_breaks_the_latest_release()
    {
        var breaks = CompatibilityGate.FindBreaks(ContractFiles.Baseline, ContractFiles.Folder)
            .Where(found => !found.StartsWith(Accepted, StringComparison.Ordinal))
            .ToList();

        Assert.True(breaks.Count == 0, string.Join('\n', breaks));
    }

    [Fact]
    public void The_baseline_contains_events_and_every_API()
    {
        Assert.NotEmpty(ContractFiles.EventTypesIn(ContractFiles.Baseline));
        Assert.All(
            ContractFiles.Services,
            service => Assert.True(File.Exists(Path.Combine(ContractFiles.Baseline, "openapi", $"{service}.v1.json")), service));
    }

    private static readonly Dictionary<string, (Action<JsonObject> Change, string? Break)> OfEvents = new()
    {
        ["a field is removed"] = (schema => Properties(schema).Remove("email"), "email was removed"),
        ["a field of a list is removed"] = (schema => Properties(Items(schema)).Remove("sku"), "items[].sku was removed"),
        ["a field has another type"] = (schema => Properties(schema)["name"]!["type"] = "integer", "name was string and is integer"),
        ["a field may be null"] = (schema => Properties(schema)["name"]!["type"] = new JsonArray("string", "null"), "name may now be null"),
        ["a field is new and required"] = (schema => AddField(schema, "phone", isRequired: true), "phone is new and required"),
        ["a field may be missing"] = (schema => Required(schema).RemoveAt(0), "may now be missing"),
        ["a limit is narrowed"] = (
            schema => Properties(schema)["name"]!["maxLength"] = 100, "name has its limit maxLength narrowed from 200 to 100"),
        ["a limit is widened"] = (
            schema => Properties(schema)["name"]!["maxLength"] = 500, "name has its limit maxLength widened from 200 to 500"),
        ["a limit is dropped"] = (
            schema => Properties(schema)["name"]!.AsObject().Remove("maxLength"), "name has its limit maxLength widened from 200 to none"),
        ["a format is changed"] = (schema => Properties(schema)["id"]!["format"] = "uri", "id has its format changed"),
        ["values are fixed"] = (schema => Properties(schema)["name"]!["enum"] = new JsonArray("Ada"), "name may no longer be anything"),
        ["unknown fields are refused"] = (schema => schema["additionalProperties"] = false, ".* is now restricted"),
        ["nothing is changed"] = (_ => { }, null),
        ["a field is new and optional"] = (schema => AddField(schema, "phone", isRequired: false), null),
        ["a field is described better"] = (schema => Properties(schema)["name"]!["description"] = "The name.", null),
    };

    private static readonly Dictionary<string, (Action<JsonObject> Change, string? Break)> OfApis = new()
    {
        ["a path is removed"] = (api => Paths(api).Remove("/v1/users/{id}"), "GET /v1/users/{id} was removed"),
        ["an operation is removed"] = (api => Paths(api)["/v1/users"]!.AsObject().Remove("post"), "POST /v1/users was removed"),
        ["an operation has another id"] = (api => Create(api)["operationId"] = "addUser", "operationId createUser was changed"),
        ["a status is removed"] = (api => Create(api)["responses"]!.AsObject().Remove("409"), "the answer 409 was removed"),
        ["a status is replaced"] = (api => Rename(Create(api)["responses"]!.AsObject(), "201", "200"), "the answer 201 was removed"),
        ["a problem type is removed"] = (api => Problems(api, "409").Remove("email-taken"), "its problem type email-taken was removed"),
        ["a response header is removed"] = (
            api => Create(api)["responses"]!["201"]!["headers"]!.AsObject().Remove("Location"), "the header Location was removed"),
        ["a request field is new and required"] = (
            api => AddField(Schema(api, "CreateUserRequest"), "phone", isRequired: true), "the request: phone is new and required"),
        ["a request field is removed"] = (
            api => Properties(Schema(api, "CreateUserRequest")).Remove("email"), "the request: email was removed"),
        ["a request field has another type"] = (
            api => Properties(Schema(api, "CreateUserRequest"))["name"]!["type"] = "integer",
            "the request: name was string and is integer"),
        ["a request's limit is narrowed"] = (
            api => Properties(Schema(api, "CreateUserRequest"))["name"]!["maxLength"] = 100,
            "the request: name has its limit maxLength narrowed from 200 to 100"),
        ["a request's limit is new"] = (
            api => Properties(Schema(api, "CreateUserRequest"))["name"]!["minLength"] = 2,
            "the request: name has its limit minLength narrowed from 1 to 2"),
        ["a response field is removed"] = (
            api => Properties(Schema(api, "UserResponse")).Remove("email"), "the answer 201: email was removed"),
        ["a response field of a page is removed"] = (
            api => Properties(Schema(api, "UserResponse")).Remove("email"), "the answer 200: items[].email was removed"),
        ["a response field may be missing"] = (api => Required(Schema(api, "UserResponse")).RemoveAt(0), "may now be missing"),
        ["a response field has another type"] = (
            api => Properties(Schema(api, "UserResponse"))["id"]!["type"] = "integer", "the answer 201: id was string and is integer"),
        ["a parameter is removed"] = (api => Parameters(api).RemoveAt(1), "the query parameter limit was removed"),
        ["a parameter is required"] = (api => Parameters(api)[0]!["required"] = true, "the query parameter after is now required"),
        ["a parameter is new and required"] = (
            api => Parameters(api).Add(Parameter("tenant", isRequired: true)), "the query parameter tenant is new and required"),
        ["a parameter's limit is narrowed"] = (
            api => Parameters(api)[1]!["schema"]!["maximum"] = 50,
            "the query parameter limit: it has its limit maximum narrowed from 100 to 50"),
        ["nothing is changed"] = (_ => { }, null),
        ["a path is new"] = (
            api => Paths(api)["/v1/groups"] = new JsonObject { ["get"] = new JsonObject { ["responses"] = new JsonObject() } }, null),
        ["a status is new"] = (api => Create(api)["responses"]!["410"] = new JsonObject { ["description"] = "Gone." }, null),
        ["a problem type is new"] = (api => Problems(api, "409")["name-taken"] = new JsonObject(), null),
        ["a request field is new and optional"] = (api => AddField(Schema(api, "CreateUserRequest"), "phone", isRequired: false), null),
        ["a request field is no longer required"] = (api => Required(Schema(api, "CreateUserRequest")).RemoveAt(0), null),
        ["a request's limit is widened"] = (api => Properties(Schema(api, "CreateUserRequest"))["name"]!["maxLength"] = 500, null),
        ["a response field is new"] = (api => AddField(Schema(api, "UserResponse"), "phone", isRequired: true), null),
        ["a parameter is new and optional"] = (api => Parameters(api).Add(Parameter("tenant", isRequired: false)), null),
    };

    private static readonly Dictionary<string, (Action<JsonObject> Change, string? Break)> OfChannels = new()
    {
        ["a channel is removed"] = (events => events["channels"]!.AsObject().Remove("userCreated"), "the channel userCreated was removed"),
        ["an exchange has another name"] = (
            events => events["channels"]!["userCreated"]!["bindings"]!["amqp"]!["exchange"]!["name"] = "events",
            "has its bindings.amqp.exchange.name changed"),
        ["a queue has another name"] = (
            events => events["channels"]!["orderApiUserCreated"]!["bindings"]!["amqp"]!["queue"]!["name"] = "users",
            "has its bindings.amqp.queue.name changed"),
        ["a message is in another format"] = (
            events => events["components"]!["messages"]!["userCreatedV1"]!["contentType"] = "application/json",
            "has its contentType changed"),
        ["a channel is new"] = (events => events["channels"]!["userDeleted"] = new JsonObject { ["address"] = "user.deleted.v1" }, null),
    };

    public static TheoryData<string> EventChanges { get; } = [.. OfEvents.Keys];

    public static TheoryData<string> ApiChanges { get; } = [.. OfApis.Keys];

    public static TheoryData<string> ChannelChanges { get; } = [.. OfChannels.Keys];

    [Theory]
    [MemberData(nameof(EventChanges))]
    public void The_gate_refuses_only_event_changes_that_break_a_consumer(string kind)
    {
        var type = kind.Contains("list", StringComparison.Ordinal) ? "order.placed.v1" : "user.created.v1";
        var before = ContractFiles.Read(ContractFiles.EventSchema(ContractFiles.Folder, type));

        Check(
            OfEvents[kind],
            before,
            after => CompatibilityGate.OfEvent(type, before, after),
            $"{type}: ",
            type.Replace("v1", "v2", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(ApiChanges))]
    public void The_gate_refuses_only_API_changes_that_break_a_client(string kind)
    {
        var before = ContractFiles.Read(ContractFiles.OpenApi("user-api"));

        Check(OfApis[kind], before, after => CompatibilityGate.OfApi("user-api.v1", before, after), "user-api.v1: ", "user-api.v2");
    }

    [Theory]
    [MemberData(nameof(ChannelChanges))]
    public void The_gate_refuses_only_channel_changes_that_break_a_producer_or_a_consumer(string kind)
    {
        var before = ContractFiles.ReadYaml(Path.Combine(ContractFiles.Folder, "asyncapi.yaml"));

        Check(OfChannels[kind], before, after => AsyncApiComparison.Compare(before, after), "the ", "");
    }

    [Fact]
    public void The_gate_refuses_the_removal_of_a_contract()
    {
        Assert.Contains(
            "user.created.v1: its schema was removed",
            Assert.Single(CompatibilityGate.OfEvent("user.created.v1", [], null)),
            StringComparison.Ordinal);
        Assert.Contains(
            "user-api.v1: its document was removed",
            Assert.Single(CompatibilityGate.OfApi("user-api.v1", [], null)),
            StringComparison.Ordinal);
    }

    private static void Check(
        (Action<JsonObject> Change, string? Break) expected,
        JsonObject before,
        Func<JsonObject, IEnumerable<string>> compare,
        string where,
        string remedy)
    {
        var after = before.DeepClone().AsObject();
        expected.Change(after);

        var breaks = compare(after).ToList();

        if (expected.Break is null)
        {
            Assert.Empty(breaks);
        }
        else
        {
            var found = breaks.FirstOrDefault(found => found.Contains(expected.Break, StringComparison.Ordinal));
            Assert.True(found is not null, $"Not found: {expected.Break}. Found: {string.Join('\n', breaks)}");
            Assert.StartsWith(where, found, StringComparison.Ordinal);
            Assert.Contains(remedy, found, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', found);
        }
    }

    private static JsonObject Properties(JsonNode schema) => schema["properties"]!.AsObject();

    private static JsonArray Required(JsonNode schema) => schema["required"]!.AsArray();

    private static JsonObject Items(JsonNode schema) => Properties(schema)["items"]!["items"]!.AsObject();

    private static JsonObject Paths(JsonNode api) => api["paths"]!.AsObject();

    private static JsonObject Create(JsonNode api) => Paths(api)["/v1/users"]!["post"]!.AsObject();

    private static JsonArray Parameters(JsonNode api) => Paths(api)["/v1/users"]!["get"]!["parameters"]!.AsArray();

    private static JsonObject Problems(JsonNode api, string status) =>
        Create(api)["responses"]![status]!["content"]!["application/problem+json"]!["examples"]!.AsObject();

    private static JsonObject Schema(JsonNode api, string name) => api["components"]!["schemas"]![name]!.AsObject();

    private static JsonObject Parameter(string name, bool isRequired) =>
        new() { ["name"] = name, ["in"] = "query", ["required"] = isRequired, ["schema"] = new JsonObject { ["type"] = "string" } };

    private static void AddField(JsonObject schema, string name, bool isRequired)
    {
        Properties(schema)[name] = new JsonObject { ["type"] = "string" };
        if (isRequired)
        {
            Required(schema).Add((JsonNode)name);
        }
    }

    private static void Rename(JsonObject parent, string from, string to)
    {
        var value = parent[from]!.DeepClone();
        parent.Remove(from);
        parent[to] = value;
    }
}
