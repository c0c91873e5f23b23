using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using UserOrder.ManifestRunner.Processes;

namespace UserOrder.Tests.Runner;

public sealed class ProcessTests : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly ProcessWatchdog _watchdog = ProcessWatchdog.Start();
    private readonly ConcurrentQueue<string> _lines = new();

    public ValueTask DisposeAsync() => _watchdog.DisposeAsync();

    [Fact]
    public async Task A_program_gets_its_arguments_and_environment_whole()
    {
        var specification = new ProcessSpecification("printenv", "services__user-api__http__0", "QUOTED")
        {
            Environment = new Dictionary<string, string?> { ["services__user-api__http__0"] = "http://a", ["QUOTED"] = "it's \"$HOME\"" },
        };

        var (exitCode, output) = await ChildProcess.RunAsync(specification, _watchdog, TestContext.Current.CancellationToken);

        Assert.Equal(0, exitCode);
        Assert.Equal("http://a\nit's \"$HOME\"", output);
    }

    [Fact]
    public async Task The_exit_code_and_both_outputs_arrive()
    {
        var (exitCode, output) = await ChildProcess.RunAsync(
            new ProcessSpecification("sh", "-c", "echo out; echo err >&2; exit 7"), _watchdog, TestContext.Current.CancellationToken);

        Assert.Equal(7, exitCode);
        Assert.Equal("out\nerr", output);
    }

    [Fact]
    public async Task A_program_that_does_not_exist_ends_with_the_shells_code_for_it()
    {
        var (exitCode, output) = await ChildProcess.RunAsync(
            new ProcessSpecification("/no/such/program"), _watchdog, TestContext.Current.CancellationToken);

        Assert.Equal(127, exitCode);
        Assert.Contains("/no/such/program", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_that_obeys_is_stopped_in_good_order()
    {
        var child = Start("trap 'echo bye; exit 0' TERM; echo ready; while :; do sleep 0.1; done");
        await WaitForLineAsync("ready");

        Assert.True(await child.StopAsync(Signal.Terminate, Patience, TimeProvider.System));
        Assert.Equal(0, await child.Exited);
        Assert.Contains("bye", _lines);
    }

    [Fact]
    public async Task A_program_that_does_not_obey_is_killed()
    {
        var child = Start("trap '' TERM; echo ready; while :; do sleep 0.1; done");
        await WaitForLineAsync("ready");

        Assert.False(await child.StopAsync(Signal.Terminate, TimeSpan.FromMilliseconds(200), TimeProvider.System));
        Assert.Equal(128 + (int)Signal.Kill, await child.Exited);
    }

    [Fact]
    public async Task A_kill_reaches_descendants_in_sessions_of_their_own()
    {
        var child = Start("setsid sh -c 'echo $$; exec sleep 600' & sleep 600");
        var descendant = int.Parse(await WaitForLineAsync(line => line.Length > 0), CultureInfo.InvariantCulture);
        Assert.Contains(descendant, ProcessFamily.Members(child.Id));

        await child.KillAsync();

        await WaitUntilAsync(() => !IsAlive(descendant), "the descendant is gone");
    }

    [Fact]
    public async Task What_a_program_leaves_behind_in_its_session_is_killed_when_it_ends()
    {
        var child = Start("sleep 600 & echo $!");
        await child.Exited;

        var orphan = int.Parse(Assert.Single(_lines), CultureInfo.InvariantCulture);
        await WaitUntilAsync(() => !IsAlive(orphan), "the orphan is gone");
    }

    [Fact]
    public async Task The_watchdog_kills_what_runs_when_its_pipe_closes()
    {
        var watchdog = ProcessWatchdog.Start();
        var child = ChildProcess.Start(new ProcessSpecification("sh", "-c", "setsid sleep 600 & echo $!; sleep 600"), watchdog, _lines.Enqueue);
        var descendant = int.Parse(await WaitForLineAsync(line => line.Length > 0), CultureInfo.InvariantCulture);

        await watchdog.DisposeAsync();

        Assert.Equal(128 + (int)Signal.Kill, await child.Exited.WaitAsync(Patience, TestContext.Current.CancellationToken));
        await WaitUntilAsync(() => !IsAlive(descendant), "the descendant is gone");
    }

    private ChildProcess Start(string script) => ChildProcess.Start(new ProcessSpecification("sh", "-c", script), _watchdog, _lines.Enqueue);

    private Task<string> WaitForLineAsync(string expected) => WaitForLineAsync(line => line == expected);

    private async Task<string> WaitForLineAsync(Func<string, bool> isExpected)
    {
        await WaitUntilAsync(() => _lines.Any(isExpected), "the line is written");
        return _lines.First(isExpected);
    }

    private static async Task WaitUntilAsync(Func<bool> condition, string what)
    {
        var waiting = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(waiting.Elapsed < Patience, $"Waited {Patience.TotalSeconds:0} s until {what}.");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    private static bool IsAlive(int processId) => ProcessFamily.Members(processId).Contains(processId);
}
