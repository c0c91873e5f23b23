using System.Net;
using System.Text.Json;
using UserOrder.Tests.Graph;

namespace UserOrder.Tests.Integration;

/// <summary>The endpoints that both services share.</summary>
public sealed class ServiceDefaultsTests(RunningGraph graph) : IntegrationTest(graph)
{
    public static TheoryData<string> Services { get; } = ["user-api", "order-api"];

    [Theory]
    [MemberData(nameof(Services))]
    public async Task Health_names_each_dependency(string service)
    {
        using var api = ApiOf(service);
        var health = await Until.TrueAsync(
            "every check is healthy", ReadHealthAsync, report => report.GetProperty("status").GetString() == "Healthy");

        AssertChecks(
            ["self", "shutdown", "http-circuits", "database", "broker", "circuits", "outbox", "consumers", "writes", "dead-letters"],
            health);

        async Task<JsonElement> ReadHealthAsync()
        {
            using var response = await api.GetAsync("/health", Cancelled);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            return await ReadAsync(response);
        }
    }

    [Theory]
    [MemberData(nameof(Services))]
    public async Task Alive_checks_the_process_only(string service)
    {
        using var api = ApiOf(service);
        using var response = await api.GetAsync("/alive", Cancelled);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        AssertChecks(["self"], await ReadAsync(response));
    }

    [Theory]
    [InlineData("user-api", "/v1/users", "/v1/users/{id}")]
    [InlineData("order-api", "/v1/orders", "/v1/orders/{id}")]
    public async Task The_OpenAPI_document_describes_the_versioned_paths_and_not_their_aliases(string service, params string[] paths)
    {
        using var api = ApiOf(service);
        using var response = await api.GetAsync("/openapi/v1.json", Cancelled);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(paths, (await ReadAsync(response)).GetProperty("paths").EnumerateObject().Select(path => path.Name).Order());
    }

    [Theory]
    [InlineData("user-api", "/v1/users", "/users", "/v1/nowhere")]
    [InlineData("order-api", "/v1/orders", "/orders", "/v1/nowhere")]
    public async Task Every_answer_of_v1_names_the_supported_versions_and_v2_gets_404(string service, params string[] paths)
    {
        using var api = ApiOf(service);
        foreach (var path in paths)
        {
            using var response = await api.GetAsync(path, Cancelled);
            Assert.Equal("v1", Assert.Single(response.Headers.GetValues("api-supported-versions")));
        }

        using var unsupported = await api.GetAsync(paths[0].Replace("v1", "v2", StringComparison.Ordinal), Cancelled);
        var problem = await AssertProblemAsync(HttpStatusCode.NotFound, "unsupported-version", unsupported);
        Assert.Equal("v1", Assert.Single(problem.GetProperty("supportedVersions").EnumerateArray()).GetString());
    }

    [Theory]
    [MemberData(nameof(Services))]
    public async Task The_interactive_API_page_is_served_in_Development(string service)
    {
        RequireOwnGraph();
        using var api = ApiOf(service);
        using var response = await api.GetAsync("/swagger/index.html", Cancelled);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Contains("swagger-ui", await response.Content.ReadAsStringAsync(Cancelled), StringComparison.Ordinal);
    }

    /// <summary>Asserts the names of the checks. A deployed service reports only its overall status.</summary>
    private void AssertChecks(string[] names, JsonElement health)
    {
        if (Graph.RunsElsewhere is null)
        {
            Assert.Equal(names, health.GetProperty("checks").EnumerateObject().Select(check => check.Name));
        }
        else
        {
            Assert.Equal("""{"status":"Healthy"}""", health.GetRawText());
        }
    }

    private HttpClient ApiOf(string service) => new() { BaseAddress = Graph.GetUrl(service) };
}
