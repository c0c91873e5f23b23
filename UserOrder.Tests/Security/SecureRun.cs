using System.Net;
using UserOrder.Tests.Graph;

namespace UserOrder.Tests.Security;

/// <summary>The graph of <c>run.sh --secure</c>, started once for a test class, with the operators' endpoints.</summary>
public sealed class SecureRun(RunningGraph graph) : IAsyncLifetime
{
    private static readonly Dictionary<string, string> AdminEndpoints = new() { ["Messaging__AdminEndpoints"] = "true" };

    private LocalGraph? _graph;

    internal LocalGraph Graph => _graph ?? throw new InvalidOperationException("The graph has not been started.");

    public async ValueTask InitializeAsync()
    {
        if (graph.Current.RunsElsewhere is null)
        {
            _graph = await LocalGraph.StartAsync(
                new GraphOptions
                {
                    Arguments = ["--secure"],
                    ExtraEnvironment = new Dictionary<string, IReadOnlyDictionary<string, string>>
                    {
                        ["user-api"] = AdminEndpoints,
                        ["order-api"] = AdminEndpoints,
                    },
                },
                TestContext.Current.CancellationToken);
        }
    }

    public ValueTask DisposeAsync() => _graph?.DisposeAsync() ?? ValueTask.CompletedTask;

    /// <summary>Gets a token of the graph's issuer.</summary>
    internal async Task<string> TokenAsync(string subject, string scope)
    {
        using var issuer = new HttpClient { BaseAddress = Graph.GetUrl("issuer") };
        using var form = new FormUrlEncodedContent([new("sub", subject), new("scope", scope)]);
        using var answer = await issuer.PostAsync("/dev/token", form, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }
}
