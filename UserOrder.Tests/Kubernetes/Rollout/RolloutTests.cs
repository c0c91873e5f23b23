using System.Net;
using UserOrder.Tests.Faults;

namespace UserOrder.Tests.Kubernetes.Rollout;

/// <summary>A rolling update as a Deployment does it: each replica in turn stops on SIGTERM and restarts, under load.</summary>
[Collection(ReplacementTests.Name)]
public sealed class RolloutTests(ReplacedSystem system)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private Ledger Ledger => ((IAuditedSystem)system).Ledger;

    [Fact]
    public async Task A_rolling_update_fails_no_request_and_loses_no_event()
    {
        system.RequireServers();
        using var client = new Client(Ledger, system.UrlOf, patienceSeconds: 30);
        await new Traffic(Ledger, client, ["user-api"], ["order-api"]).RunDuringAsync(async () =>
        {
            foreach (var service in ReplacedSystem.Services)
            {
                foreach (var replica in ReplacedSystem.ReplicasOf(service))
                {
                    await system.StopAsync(replica);
                    await system.StartAsync(service, replica);
                }
            }
        });

        var result = await new Audit(system).CheckWhenQuietAsync();

        Assert.True(result.Findings == 0, $"{result}");
        Assert.Empty(Ledger.Refusals);
        Assert.NotEmpty(Ledger.Users);
        Assert.NotEmpty(Ledger.Orders);
    }

    [Theory]
    [InlineData("user-api", "/v1/users")]
    [InlineData("order-api", "/v1/orders?userId=00000000-0000-0000-0000-000000000000")]
    public async Task A_stopping_replica_fails_readiness_first_and_still_serves(string service, string path)
    {
        system.RequireServers();
        using var http = new HttpClient { BaseAddress = system.UrlOfReplica(service) };
        var ending = system.StopAsync(service);
        try
        {
            await Until.EqualAsync(HttpStatusCode.ServiceUnavailable, "the readiness probe fails", () => StatusOfAsync(http, "/health"));

            Assert.Equal(HttpStatusCode.OK, await StatusOfAsync(http, "/alive"));
            using var answer = await http.GetAsync(path, Cancelled);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.True(answer.Headers.ConnectionClose, "The connection stays open.");
        }
        finally
        {
            await ending;
            await system.StartAsync(service, service);
        }
    }

    private static async Task<HttpStatusCode> StatusOfAsync(HttpClient http, string path)
    {
        using var answer = await http.GetAsync(path, Cancelled);
        return answer.StatusCode;
    }
}
