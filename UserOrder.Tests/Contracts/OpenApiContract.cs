using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace UserOrder.Tests.Contracts;

/// <summary>A service's committed OpenAPI document, against which tests check its answers.</summary>
internal sealed partial class OpenApiContract
{
    private readonly string _name;
    private readonly JsonObject _document;

    private OpenApiContract(string service)
    {
        _name = $"contracts/openapi/{service}.v1.json";
        _document = ContractFiles.Read(ContractFiles.OpenApi(service));
        Operations =
        [
            .. from path in _document["paths"]!.AsObject()
               from operation in path.Value!.AsObject()
               select new Operation(this, operation.Key.ToUpperInvariant(), path.Key, operation.Value!.AsObject()),
        ];
    }

    public static OpenApiContract UserApi { get; } = new("user-api");

    public static OpenApiContract OrderApi { get; } = new("order-api");

    public IReadOnlyList<Operation> Operations { get; }

    public static OpenApiContract Of(string service) => service == "user-api" ? UserApi : OrderApi;

    /// <summary>The operation of a request, or null if the contract has none. An alias without a version belongs to v1.</summary>
    public Operation? Find(string method, string path) =>
        Operations.FirstOrDefault(operation => operation.Method == method && (operation.IsAt(path) || operation.IsAt($"/v1{path}")));

    /// <summary>Asserts that an answer of the operation meets the contract.</summary>
    public async Task AssertValidAsync(Operation operation, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var problems = await operation.CheckAsync(response, cancellationToken);
        Assert.True(
            problems.Count == 0,
            $"{operation.Method} {operation.Path} answered {(int)response.StatusCode}, which breaks its contract, {_name}: " +
            $"{string.Join("; ", problems)}. " +
            $"Clients rely on it: undo the change, or make a new version of the API ({ContractFiles.Guide}).");
    }

    private ContractSchema SchemaOf(JsonNode schema)
    {
        // A self-contained schema, with the referenced schemas inside.
        var whole = new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["$defs"] = _document["components"]!["schemas"]!.DeepClone(),
            ["allOf"] = new JsonArray(schema.DeepClone()),
        };
        return new ContractSchema(
            JsonNode.Parse(whole.ToJsonString().Replace("#/components/schemas/", "#/$defs/", StringComparison.Ordinal))!);
    }

    private JsonNode Resolve(JsonNode node) =>
        node["$ref"]?.GetValue<string>() is { } reference
            ? reference.Split('/').Skip(1).Aggregate((JsonNode)_document, (at, name) => at[name]!)
            : node;

    internal sealed partial class Operation(OpenApiContract contract, string method, string path, JsonObject description)
    {
        private readonly Dictionary<string, ContractSchema> _schemas = [];
        private readonly Regex _pattern = new($"^{Parameter().Replace(path, "[^/]+")}$");

        public string Method => method;

        public string Path => path;

        public string Id => description["operationId"]?.GetValue<string>() ?? "";

        public JsonObject Description => description;

        public JsonObject Responses => description["responses"]!.AsObject();

        /// <summary>The documented answers: a success by its status, an error by its status and problem type.</summary>
        public IEnumerable<string> Answers =>
            from response in Responses
            let problems = response.Value!["content"]?["application/problem+json"]?["examples"]?.AsObject()
            from answer in problems?.Select(example => $"{response.Key} {example.Key}") ?? [response.Key]
            select answer;

        public bool IsAt(string requested) => _pattern.IsMatch(requested);

        public async Task<IReadOnlyList<string>> CheckAsync(HttpResponseMessage response, CancellationToken cancellationToken)
        {
            var status = $"{(int)response.StatusCode}";
            if (Responses[status] is not { } expected)
            {
                return [$"it has no {status}, but {string.Join(", ", Answers)}"];
            }

            var problems = new List<string>();
            foreach (var (name, header) in expected["headers"]?.AsObject() ?? [])
            {
                if (contract.Resolve(header!)["required"]?.GetValue<bool>() == true && !response.Headers.Contains(name))
                {
                    problems.Add($"the header {name} is missing");
                }
            }

            var mediaType = response.Content.Headers.ContentType?.MediaType ?? "none";
            if (expected["content"]?[mediaType]?["schema"] is not { } schema)
            {
                problems.Add($"it has no such content type: {mediaType}");
                return problems;
            }

            await response.Content.LoadIntoBufferAsync(cancellationToken);
            using var body = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(cancellationToken));
            if (mediaType == "application/problem+json"
                && body.RootElement.GetProperty("type").GetString()!.Split('/')[^1] is var type
                && !Answers.Contains($"{status} {type}"))
            {
                problems.Add($"it has no {status} {type}, but {string.Join(", ", Answers)}");
                return problems;
            }

            lock (_schemas)
            {
                if (!_schemas.TryGetValue(status, out var compiled))
                {
                    _schemas[status] = compiled = contract.SchemaOf(schema);
                }

                problems.AddRange(compiled.Check(body.RootElement));
            }

            return problems;
        }

        /// <summary>The violations of a request body; empty for a valid body.</summary>
        public IReadOnlyList<string> CheckRequest(JsonElement body) =>
            contract.SchemaOf(description["requestBody"]!["content"]!["application/json"]!["schema"]!).Check(body);

        [GeneratedRegex(@"\{\w+\}")]
        private static partial Regex Parameter();
    }
}
