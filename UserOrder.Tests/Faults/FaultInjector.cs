using Npgsql;
using UserOrder.Tests.Graph;

namespace UserOrder.Tests.Faults;

/// <summary>Injects a fault and repairs it.</summary>
internal sealed class FaultInjector(FaultySystem system)
{
    // 25 hours are longer than the retention of idempotency keys, and shorter than that of the inbox, beyond which events are not applied.
    private static readonly int[] StepsInHours = [-1, 25, -25, 1];

    private readonly Junk _junk = new(system);
    private readonly MemoryAlarm _alarm = new(system.Graph);
    private int _steps = -1;
    private TimeSpan _failoverStart;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public Task InjectAsync(PlannedFault fault)
    {
        switch (fault.Kind)
        {
            case FaultKind.BrokerKilled or FaultKind.ServiceKilled:
                return system.Graph.KillAsync(fault.Target, Cancelled);
            case FaultKind.DatabaseKilled:
                return system.Database(fault.Target).KillAsync();
            case FaultKind.StandbyPromoted:
                _failoverStart = system.Ledger.History.Now;
                return system.Database(fault.Target).FreezeStandbyAsync();
            case FaultKind.DatabaseReadOnly:
                return ChangeDatabaseAsync(fault.Target, "alter system set default_transaction_read_only = on", "select pg_reload_conf()");
            case FaultKind.LoginRefused:
                return ChangeDatabaseAsync(
                    fault.Target,
                    $"alter role {RoleOf(fault.Target)} nologin",
                    $"select pg_terminate_backend(pid) from pg_stat_activity where usename = '{RoleOf(fault.Target)}'");
            case FaultKind.BrokerStopped or FaultKind.ServiceStopped:
                return system.Graph.StopAsync(fault.Target, Cancelled);
            case FaultKind.ServerPaused when fault.Target != FaultySystem.Broker:
                system.Database(fault.Target).Pause();
                return Task.CompletedTask;
            case FaultKind.ServerPaused or FaultKind.ServicePaused:
                system.Graph.Pause(fault.Target);
                return Task.CompletedTask;
            case FaultKind.ReplicaFrozen:
                return system.ArmFreezeAsync(fault.Target);
            case FaultKind.ClockStepped:
                system.Clock(fault.Target).Step(TimeSpan.FromHours(StepsInHours[++_steps % StepsInHours.Length]));
                return Task.CompletedTask;
            case FaultKind.PathStalled:
                return SetLink(fault, ProxyMode.Stall);
            case FaultKind.PathHalfOpen:
                return SetLink(fault, ProxyMode.HalfOpen);
            case FaultKind.PathSlow:
                return SetLink(fault, ProxyMode.Slow);
            case FaultKind.PathReset:
                return SetLink(fault, ProxyMode.Reset);
            case FaultKind.QueueFull:
                return FillQueueAsync(fault.Target);
            case FaultKind.Duplicates:
                return _junk.RepeatEventsAsync();
            case FaultKind.Poison:
                return _junk.PublishPoisonAsync();
            case FaultKind.Oversized:
                return _junk.PublishOversizedAsync();
            case FaultKind.TopologyLost:
                return LoseTopologyAsync(fault.Target);
            case FaultKind.AlarmWithPoison:
                return RaiseAlarmAsync();
            default:
                throw new ArgumentOutOfRangeException(nameof(fault), fault.Kind, null);
        }
    }

    public Task HealAsync(PlannedFault fault)
    {
        switch (fault.Kind)
        {
            case FaultKind.BrokerKilled or FaultKind.BrokerStopped or FaultKind.ServiceKilled or FaultKind.ServiceStopped:
                return system.Graph.StartAsync(fault.Target, Cancelled);
            case FaultKind.DatabaseKilled:
                return system.Database(fault.Target).StartAsync();
            case FaultKind.StandbyPromoted:
                return FailOverAsync(fault.Target);
            case FaultKind.DatabaseReadOnly:
                return ChangeDatabaseAsync(fault.Target, "alter system reset default_transaction_read_only", "select pg_reload_conf()");
            case FaultKind.LoginRefused:
                return ChangeDatabaseAsync(fault.Target, $"alter role {RoleOf(fault.Target)} login");
            case FaultKind.ServerPaused when fault.Target != FaultySystem.Broker:
                system.Database(fault.Target).Resume();
                return Task.CompletedTask;
            case FaultKind.ServerPaused or FaultKind.ServicePaused:
                system.Graph.Resume(fault.Target);
                return Task.CompletedTask;
            case FaultKind.ReplicaFrozen:
                return system.ThawAsync();
            case FaultKind.ClockStepped:
                system.Clock(fault.Target).Step(TimeSpan.Zero);
                return Task.CompletedTask;
            case FaultKind.PathStalled or FaultKind.PathHalfOpen or FaultKind.PathSlow or FaultKind.PathReset:
                return SetLink(fault, ProxyMode.Forward);
            case FaultKind.QueueFull:
                return system.StartServicesAsync(ReplicasOf(fault.Target));
            case FaultKind.AlarmWithPoison:
                return _alarm.LiftAsync();
            default:
                return Task.CompletedTask;
        }
    }

    private static string[] ReplicasOf(string service) => [service, GraphChanges.SecondOf(service)];

    private static string RoleOf(string database) => database == FaultySystem.UserDatabase ? "user_api" : "order_api";

    /// <summary>Changes a server as its administrator, whose session may write even while others may not.</summary>
    private async Task ChangeDatabaseAsync(string server, params string[] statements)
    {
        await using var connection = await system.Database(server).Source.OpenConnectionAsync(Cancelled);
        foreach (var statement in statements.Prepend("set default_transaction_read_only = off"))
        {
            await using var command = new NpgsqlCommand(statement, connection);
            await command.ExecuteNonQueryAsync(Cancelled);
        }
    }

    private async Task FailOverAsync(string server)
    {
        await system.Database(server).FailOverAsync();
        system.Ledger.History.AddFailover(_failoverStart);
    }

    private Task SetLink(PlannedFault fault, ProxyMode mode)
    {
        system.Link(fault.Target).Mode = mode;
        return Task.CompletedTask;
    }

    /// <summary>Deletes nothing that holds messages: an operator who deletes a queue deletes its events.</summary>
    private async Task LoseTopologyAsync(string what)
    {
        using var administrator = await BrokerAdministrator.OfAsync(system.Graph);
        var (type, queue) = Queues.ByType.First();
        await (what switch
        {
            FaultySystem.ExchangeOfEvents => administrator.DeleteAsync("exchanges", "/", Queues.Exchange),
            FaultySystem.BindingOfQueue => administrator.DeleteAsync("bindings", "/", "e", Queues.Exchange, "q", queue, type),
            FaultySystem.ExchangeOfQueue => administrator.DeleteAsync("exchanges", "/", queue),
            FaultySystem.RightsOfUser => administrator.PutAsync(
                "permissions", new { configure = "^$", write = "^$", read = "^$" }, "/", "user-api"),
            _ => administrator.DeleteAsync("users", "user-api"),
        });
    }

    /// <summary>
    /// Freezes the services meanwhile, so that the messages wait: they are published before the alarm, which would block their publisher.
    /// </summary>
    private async Task RaiseAlarmAsync()
    {
        try
        {
            foreach (var service in FaultySystem.Services)
            {
                system.Graph.Pause(service);
            }

            await _junk.PublishPoisonAsync();
            await _alarm.RaiseAsync();
        }
        finally
        {
            foreach (var service in FaultySystem.Services)
            {
                system.Graph.Resume(service);
            }
        }
    }

    /// <summary>Stops the consumers of a queue until the broker refuses the other service's events.</summary>
    private async Task FillQueueAsync(string consumer)
    {
        await system.StopServicesAsync(ReplicasOf(consumer));
        var publisher = consumer == "order-api" ? system.UserDb : system.OrderDb;
        await Until.TrueAsync(
            $"the broker refuses events for {consumer}",
            () => Sql.CountAsync(publisher, "select count(*) from outbox where attempts > 0"),
            refused => refused > 0);
    }
}
