using UserOrder.Messaging.Resilience;

namespace UserOrder.Tests.Faults;

/// <summary>A replica freezes with locks in the database, and wakes up later: the others go on, and nothing takes effect twice.</summary>
[Collection(FaultyTests.Name)]
public sealed class FrozenReplicaTests(FaultySystem system)
{
    // The server ends an idle transaction after 10 s. The broker gives a consumer's messages to another one after two heartbeats of 10 s.
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(50);

    [Fact]
    public async Task The_others_apply_all_events_while_a_consumer_and_a_relay_are_frozen_with_locks()
    {
        system.RequireServers();
        using var client = new Client(system);
        await new Traffic(system, client).RunDuringAsync(async () =>
        {
            try
            {
                await FreezeAsync(FailPoint.ConsumerInboxWritten, "UserOrder.OrderApi");
                await FreezeAsync(FailPoint.RelayClaimed, "UserOrder.UserApi");
                var created = system.Ledger.Users.Values.Select(user => user.CreatedId).OfType<Guid>().ToArray();
                await Until.TrueAsync(
                    "all users are known, although a relay held events and a consumer held inbox rows",
                    () => Sql.CountAsync(system.OrderDb, "select count(*) from known_users where id = any($1)", created),
                    known => known == created.Length,
                    Deadline);
            }
            finally
            {
                await system.ThawAsync();
            }
        });
        await new Recovery(system, client).MeasureAsync();
        var result = await new Audit(system).CheckWhenQuietAsync();
        Assert.True(result.Findings == 0, result.ToString());
    }

    private async Task FreezeAsync(string failPoint, string program)
    {
        await system.ArmFreezeAsync(failPoint, program);
        await Until.EqualAsync(false, $"a replica of {program} is frozen at {failPoint}", () => Task.FromResult(system.IsArmed));
    }
}
