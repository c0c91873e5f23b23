using System.Text.Json;
using Npgsql;

namespace UserOrder.Tests.Observability;

/// <summary>An outage under load, observed through alerts and logs.</summary>
public sealed class AlertTests(ObservedSystem system) : ObservedTest(system)
{
    private static readonly string[] Services = ["user-api", "order-api"];

    [Fact]
    public async Task A_broker_outage_under_load_fires_and_clears_the_outbox_alerts_and_logs_each_change_once()
    {
        await Until.EqualAsync(0, "no alert fires yet", async () => (await Observed.Prometheus.FiringAsync("OutboxDelayed")).Count);
        await CreateUserAsync();
        var linesBefore = Services.ToDictionary(service => service, service => Observed.LogOf(service).Length);
        var accepted = new List<Guid>();

        await Observed.Graph.StopAsync("rabbitmq", Cancelled);
        try
        {
            var fired = await Until.TrueAsync("the alert fires", CreateUserAndReadAlertsAsync, alerts => alerts.Count == 1);
            Assert.Equal("user-api", fired[0]["job"]);
            Assert.Equal("ticket", fired[0]["severity"]);
            var stalled = await Until.TrueAsync(
                "the alert about its stall fires", () => Observed.Prometheus.FiringAsync("OutboxNotMoving"), alerts => alerts.Count == 1);
            Assert.Equal("user-api", stalled[0]["job"]);
        }
        finally
        {
            await Observed.Graph.StartAsync("rabbitmq", Cancelled);
        }

        foreach (var alert in new[] { "OutboxDelayed", "OutboxNotMoving" })
        {
            await Until.EqualAsync(0, $"{alert} clears", async () => (await Observed.Prometheus.FiringAsync(alert)).Count);
        }

        await Until.EqualAsync(
            accepted.Count,
            "the users accepted during the outage have arrived",
            () => Observed.CountAsync("orderdb", "select count(*) from known_users where id = any($1)", accepted.ToArray()));
        foreach (var service in Services)
        {
            int[] recoveries = [11, 21, 72];
            var since = await Until.TrueAsync(
                "both services log their recovery", () => Task.FromResult(EventsSince(service)), ids => recoveries.All(ids.Contains));
            Assert.All([12, 22, 53, 71, .. recoveries], expected => Assert.Single(since, id => id == expected));
        }

        List<int> EventsSince(string service) =>
            [.. Observed.LogOf(service)[linesBefore[service]..].Select(line => JsonElement.Parse(line).GetProperty("EventId").GetInt32())];

        async Task<IReadOnlyList<IReadOnlyDictionary<string, string>>> CreateUserAndReadAlertsAsync()
        {
            accepted.Add(await CreateUserAsync());
            return await Observed.Prometheus.FiringAsync("OutboxDelayed");
        }
    }

    [Fact]
    public async Task Events_that_wait_for_a_lock_fire_and_clear_the_alerts_of_their_queue()
    {
        const int Users = 60;
        string[] alerts = ["QueueNotMoving", "QueueFilling"];
        var users = new List<Guid>();
        await using (var connection = new NpgsqlConnection(await Observed.Graph.GetConnectionStringAsync("orderdb", Cancelled)))
        {
            await connection.OpenAsync(Cancelled);
            await using var transaction = await connection.BeginTransactionAsync(Cancelled);
            await using var command = new NpgsqlCommand("lock table known_users in access exclusive mode", connection, transaction);
            await command.ExecuteNonQueryAsync(Cancelled);
            for (var i = 0; i < Users; i++)
            {
                users.Add(await CreateUserAsync());
            }

            foreach (var alert in alerts)
            {
                await Until.EqualAsync(true, $"{alert} fires", () => FiresAsync(alert));
            }
        }

        await Until.EqualAsync(
            Users,
            "the users have arrived",
            () => Observed.CountAsync("orderdb", "select count(*) from known_users where id = any($1)", users.ToArray()));
        foreach (var alert in alerts)
        {
            await Until.EqualAsync(false, $"{alert} clears", () => FiresAsync(alert));
        }

        // Dead letters of other tests may fill another queue.
        async Task<bool> FiresAsync(string alert) =>
            (await Observed.Prometheus.FiringAsync(alert)).Any(labels => labels.Values.Contains("order-api.user-created"));
    }
}
