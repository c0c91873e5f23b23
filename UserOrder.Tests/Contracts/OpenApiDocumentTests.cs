using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using UserOrder.Tests.Contracts.Compatibility;
using UserOrder.Tests.Graph;
using UserOrder.Tests.Integration;

namespace UserOrder.Tests.Contracts;

/// <summary>The committed OpenAPI documents match the code and are complete for clients.</summary>
public sealed class OpenApiDocumentTests(RunningGraph graph) : IntegrationTest(graph)
{
    public static TheoryData<string> Services { get; } = [.. ContractFiles.Services];

    public static TheoryData<string, string> Operations { get; } = new(
        from service in ContractFiles.Services
        from operation in OpenApiContract.Of(service).Operations
        select (service, operation.Id));

    [Theory]
    [MemberData(nameof(Services))]
    public void The_committed_document_equals_the_generated_one(string service)
    {
        var committed = ContractFiles.Read(ContractFiles.OpenApi(service));
        var generated = ContractFiles.Read(ContractFiles.GeneratedOpenApi(service));

        if (!JsonNode.DeepEquals(committed, generated))
        {
            var breaks = CompatibilityGate.OfApi($"{service}.v1", committed, generated).ToList();
            Assert.Fail(breaks.Count > 0
                ? string.Join('\n', breaks)
                : $"contracts/openapi/{service}.v1.json differs from the code, and the difference breaks no client: run " +
                    "contracts/update.sh and commit the document.");
        }
    }

    [Theory]
    [MemberData(nameof(Services))]
    public async Task The_service_serves_the_committed_document(string service)
    {
        using var api = new HttpClient { BaseAddress = Graph.GetUrl(service) };
        var served = JsonNode.Parse(await api.GetStringAsync("/openapi/v1.json", Cancelled))!.AsObject();

        Assert.True(JsonNode.DeepEquals(ContractFiles.Read(ContractFiles.OpenApi(service)), served), served.ToJsonString());
    }

    [Theory]
    [MemberData(nameof(Services))]
    public async Task The_document_depends_on_no_request_and_a_client_that_has_it_gets_304(string service)
    {
        using var api = new HttpClient { BaseAddress = Graph.GetUrl(service) };
        using var first = await api.GetAsync("/openapi/v1.json", Cancelled);
        var bytes = await first.Content.ReadAsByteArrayAsync(Cancelled);

        api.DefaultRequestHeaders.Host = "attacker.example";
        Assert.Equal(bytes, await api.GetByteArrayAsync("/openapi/v1.json?x=y", Cancelled));

        api.DefaultRequestHeaders.IfNoneMatch.Add(first.Headers.ETag!);
        using var again = await api.GetAsync("/openapi/v1.json", Cancelled);
        Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
        Assert.Empty(await again.Content.ReadAsByteArrayAsync(Cancelled));
    }

    [Fact]
    public async Task The_document_is_made_once_for_concurrent_and_later_requests()
    {
        var made = 0;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddAuthorization();
        builder.Services.AddOpenApi(options => options.AddDocumentTransformer((_, _, _) =>
        {
            // The first attempt fails, and must not become the answer.
            return Interlocked.Increment(ref made) == 1 ? throw new InvalidOperationException("not yet") : Task.CompletedTask;
        }));
        await using var app = builder.Build();
        app.MapApiDocument();
        await app.StartAsync(Cancelled);
        using var api = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        using var failed = await api.GetAsync("/openapi/v1.json", Cancelled);
        Assert.Equal(HttpStatusCode.InternalServerError, failed.StatusCode);

        var documents = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => api.GetStringAsync("/openapi/v1.json", Cancelled)));

        Assert.Single(documents.Distinct());
        Assert.Equal(2, made);
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public void An_operation_has_an_id_a_summary_examples_and_problem_types(string service, string id)
    {
        var operation = OpenApiContract.Of(service).Operations.Single(operation => operation.Id == id);

        Assert.NotEmpty(id);
        Assert.NotEmpty(operation.Description["summary"]!.GetValue<string>());
        Assert.Contains("503 database-unavailable", operation.Answers);
        Assert.Contains("500 internal-error", operation.Answers);
        foreach (var (status, response) in operation.Responses)
        {
            var media = Assert.Single(response!["content"]!.AsObject());
            Assert.Equal(status.StartsWith('2') ? "application/json" : "application/problem+json", media.Key);
            Assert.NotNull(media.Value!["schema"]);
            Assert.True(
                status.StartsWith('2') ? media.Value["example"] is not null : media.Value["examples"]!.AsObject().Count > 0,
                $"{id} {status}");
        }

        if (operation.Description["requestBody"] is { } body)
        {
            var example = body["content"]!["application/json"]!["example"]!;
            Assert.Empty(operation.CheckRequest(JsonSerializer.SerializeToElement(example)));
        }
    }

    [Theory]
    [InlineData("user-api", "CreateUserRequest", "name", """{"minLength":1,"maxLength":200}""")]
    [InlineData("user-api", "CreateUserRequest", "email", """{"maxLength":320}""")]
    [InlineData("order-api", "PlaceOrderRequest", "items", """{"maxItems":100}""")]
    [InlineData("order-api", "OrderItem", "sku", """{"minLength":1,"maxLength":64}""")]
    [InlineData("order-api", "OrderItem", "quantity", """{"minimum":1,"maximum":1000}""")]
    [InlineData("order-api", "OrderItem", "unitPrice", """{"minimum":0,"maximum":999999999.99,"multipleOf":0.01}""")]
    public void The_schema_states_the_limits(string service, string schema, string field, string limits)
    {
        var property = ContractFiles.Read(ContractFiles.OpenApi(service))["components"]!["schemas"]![schema]!["properties"]![field]!;

        Assert.All(
            JsonNode.Parse(limits)!.AsObject(), limit => Assert.True(JsonNode.DeepEquals(limit.Value, property[limit.Key]), limit.Key));
    }
}
