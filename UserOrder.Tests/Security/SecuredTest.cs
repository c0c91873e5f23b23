using UserOrder.Tests.Contracts;
using UserOrder.Tests.Graph;
using UserOrder.Tests.Integration;

namespace UserOrder.Tests.Security;

/// <summary>The services with access control, started once for a test class.</summary>
public sealed class SecuredFixture(RunningGraph graph) : IAsyncLifetime
{
    private SecuredServices? _services;

    internal SecuredServices Services => _services ?? throw new InvalidOperationException("The services have not been started.");

    public async ValueTask InitializeAsync()
    {
        if (graph.Current.RunsElsewhere is null)
        {
            _services = await SecuredServices.StartAsync(graph.Current);
        }
    }

    public ValueTask DisposeAsync() => _services?.DisposeAsync() ?? ValueTask.CompletedTask;
}

/// <summary>Helpers to call the services with access control. They check answers against the contracts.</summary>
public abstract class SecuredTest(RunningGraph graph, SecuredFixture fixture) : IntegrationTest(graph)
{
    internal SecuredServices Services
    {
        get
        {
            RequireOwnGraph();
            return fixture.Services;
        }
    }

    internal IssuerUnderTest Issuer => Services.Issuer;

    protected async Task<HttpResponseMessage> SendAsync(
        string service, HttpMethod method, string path, string? token, string? body = null, string? key = null)
    {
        using var api = new HttpClient(new ContractHandler(OpenApiContract.Of(service))) { BaseAddress = Services.Of(service).Url };
        return await SecuredServices.SendAsync(api, method, path, token, body, key);
    }

    protected static string NewUserBody() => $$"""{"name":"Ada","email":"{{NewEmail()}}"}""";

    protected static string NewOrderBody(Guid userId) => $$"""{"userId":"{{userId}}","items":[]}""";
}
