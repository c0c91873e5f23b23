using UserOrder.Messaging.Pausing;

namespace UserOrder.Messaging.Tests;

public sealed class PauseSwitchTests
{
    private readonly PauseSwitch _switch = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nothing_runs_before_the_state_is_known()
    {
        var running = _switch.WaitUntilRunningAsync(Cancelled);
        var paused = _switch.WaitUntilPausedAsync(Cancelled);
        Assert.False(running.IsCompleted);
        Assert.False(_switch.IsPaused);
        Assert.Null(_switch.State);

        _switch.Set(PauseState.Initial("things"));

        await running.WaitAsync(TimeSpan.FromMinutes(1), Cancelled);
        Assert.False(paused.IsCompleted);
    }

    [Fact]
    public async Task Each_waiter_gets_the_state_that_it_waits_for()
    {
        _switch.Set(PauseState.Initial("things"));
        var paused = _switch.WaitUntilPausedAsync(Cancelled);

        _switch.Set(PauseState.Initial("things") with { IsPaused = true });
        await paused.WaitAsync(TimeSpan.FromMinutes(1), Cancelled);
        Assert.True(_switch.IsPaused);
        var running = _switch.WaitUntilRunningAsync(Cancelled);
        Assert.False(running.IsCompleted);

        _switch.Set(PauseState.Initial("things"));
        await running.WaitAsync(TimeSpan.FromMinutes(1), Cancelled);
    }

    [Fact]
    public async Task A_wait_ends_with_its_token()
    {
        using var ending = new CancellationTokenSource();
        var running = _switch.WaitUntilRunningAsync(ending.Token);

        await ending.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact]
    public void The_description_names_the_operator_and_the_time()
    {
        var state = new PauseState("things", IsPaused: true, new DateTimeOffset(2026, 11, 28, 9, 0, 0, TimeSpan.Zero), "an operator");

        Assert.Equal("paused by an operator since 2026-11-28 09:00:00Z", state.Describe());
        Assert.Equal("paused by an unknown caller since 2026-11-28 09:00:00Z", (state with { By = null }).Describe());
    }
}
