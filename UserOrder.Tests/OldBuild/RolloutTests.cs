using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using RabbitMQ.Client;
using UserOrder.Tests.Faults;
using UserOrder.Tests.Graph;
using UserOrder.Tests.Integration;

namespace UserOrder.Tests.OldBuild;

/// <summary>
/// The rollout of several events a message (docs/operations.md) over the last build that does not read them, which
/// <c>./test.sh --rollout</c> builds.
/// </summary>
public sealed class RolloutTests(ITestOutputHelper output)
{
    private const string Batch = "application/cloudevents-batch+json";
    private const string Queue = "order-api.user-created";
    private const int AtOnce = 300;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Consumers_first_then_several_events_a_message_loses_doubles_and_buries_nothing()
    {
        await using var system = await MixedSystem.StartAsync(RequireOldBuild());
        await using var connection = await system.ConnectToBrokerAsync();
        await using var channel = await connection.CreateChannelAsync(cancellationToken: Cancelled);
        var copies = await channel.CopyEventsAsync("user.created.v1", Cancelled);
        var traffic = new Traffic(system.Ledger, system.Client, [MixedSystem.UserApi], [MixedSystem.OldOrderApi]);
        await traffic.RunDuringAsync(async () =>
        {
            await LoadAsync("old consumer, one event a message");
            await system.ReplaceAsync(MixedSystem.OldOrderApi, stopped: MixedSystem.OldOrderApi, started: MixedSystem.OrderApi);
            await LoadAsync("current consumer, one event a message");
            Assert.Empty(await BatchesAsync(channel, copies));
            await system.ReplaceAsync(MixedSystem.UserApi, stopped: MixedSystem.UserApi, started: MixedSystem.BatchingUserApi);
            await LoadAsync("current consumer, up to 100 events a message");
        });

        var result = await new Audit(system).CheckWhenQuietAsync();

        var batches = await BatchesAsync(channel, copies);
        output.WriteLine($"{system.Ledger.Requests} requests, {system.Ledger.Refusals.Count} without 201. {result}");
        output.WriteLine($"{batches.Count} messages with several events, {batches.Sum()} events in them.");
        Assert.True(result.Findings == 0, $"{result}");
        Assert.NotEmpty(batches);

        async Task LoadAsync(string phase)
        {
            var (before, length) = (await EffectsAsync(system), Stopwatch.StartNew());
            await system.CreateUsersAsync(AtOnce);
            await Until.TrueAsync("events take effect", () => EffectsAsync(system), effects => effects >= before + (2 * AtOnce));
            output.WriteLine($"{phase}: {await EffectsAsync(system) - before} events took effect in {length.Elapsed.TotalSeconds:F1} s.");
        }
    }

    [Fact]
    public async Task An_old_consumer_buries_messages_with_several_events_and_a_replay_after_its_update_applies_them()
    {
        await using var system = await MixedSystem.StartAsync(RequireOldBuild());
        await using var connection = await system.ConnectToBrokerAsync();
        await using var channel = await connection.CreateChannelAsync(cancellationToken: Cancelled);

        await system.ReplaceAsync(MixedSystem.UserApi, stopped: MixedSystem.UserApi, started: MixedSystem.BatchingUserApi);
        await system.CreateUsersAsync(AtOnce);
        await Until.EqualAsync(0, "all are published", () => Sql.CountAsync(system.UserDb, "select count(*) from outbox"));
        await Until.EqualAsync(0u, "every message is delivered", () => channel.MessageCountAsync(Queue, Cancelled));
        var dead = await Until.TrueAsync(
            "messages are dead letters", () => channel.MessageCountAsync($"{Queue}.dead", Cancelled), count => count > 0);
        var letter = await channel.BasicGetAsync($"{Queue}.dead", autoAck: false, Cancelled);
        await channel.BasicNackAsync(letter!.DeliveryTag, multiple: false, requeue: true, Cancelled);
        var reason = Encoding.UTF8.GetString((byte[])letter.BasicProperties.Headers!["x-reason"]!);
        output.WriteLine($"{dead} messages became dead letters. {await EffectsAsync(system)} of {AtOnce} events took effect. {reason}");
        Assert.Equal(Batch, letter.BasicProperties.ContentType);
        Assert.StartsWith("The body is not a JSON CloudEvent", reason, StringComparison.Ordinal);

        await system.ReplaceAsync(MixedSystem.OldOrderApi, stopped: MixedSystem.OldOrderApi, started: MixedSystem.OrderApi);
        using var http = new HttpClient { BaseAddress = system.UrlOf(MixedSystem.OldOrderApi) };
        await Until.TrueAsync("the dead letters are replayed", ReplayAsync, left => left == 0);

        var result = await new Audit(system).CheckWhenQuietAsync();
        Assert.True(result.Findings == 0, $"{result}");

        async Task<uint> ReplayAsync()
        {
            using var response = await http.PostAsync($"/admin/dead-letters/{Queue}/replay", content: null, Cancelled);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            output.WriteLine($"replayed: {(await response.Content.ReadFromJsonAsync<JsonElement>(Cancelled)).GetProperty("replayed")}");
            return await channel.MessageCountAsync($"{Queue}.dead", Cancelled);
        }
    }

    /// <summary>The folder of the old build, or skips the test.</summary>
    private static string RequireOldBuild()
    {
        var folder = Environment.GetEnvironmentVariable("USERORDER_OLD_BUILD");
        Assert.SkipUnless(folder is { Length: > 0 }, "./test.sh --rollout runs it, because it builds an old commit.");
        var reason = ServersOfThisMachine.ReasonToSkip();
        Assert.SkipWhen(reason is not null, reason ?? "");
        return folder;
    }

    /// <summary>The users that OrderApi has learned of from events.</summary>
    private static Task<long> EffectsAsync(MixedSystem system) => Sql.CountAsync(system.OrderDb, "select count(*) from inbox");

    /// <summary>The number of events in each waiting message that has several.</summary>
    private static async Task<List<int>> BatchesAsync(IChannel channel, string copies)
    {
        var sizes = new List<int>();
        while (await channel.BasicGetAsync(copies, autoAck: true, Cancelled) is { } message)
        {
            if (message.BasicProperties.ContentType == Batch)
            {
                sizes.Add(TestEvents.EventsIn(message).Count());
            }
        }

        return sizes;
    }
}
