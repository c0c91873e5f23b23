using System.Diagnostics;
using System.Globalization;

namespace UserOrder.Tests.Faults;

/// <summary>What was answered 201 is never lost and takes effect exactly once in the other service, whatever is killed and restarted.</summary>
[Collection(FaultyTests.Name)]
public sealed class FaultTests(FaultySystem system, ITestOutputHelper output)
{
    /// <summary>The short form has each kind of fault once. With USERORDER_SOAK_MINUTES it goes on that long and writes its result down.</summary>
    [Fact]
    public async Task Nothing_is_lost_or_doubled_whatever_fails()
    {
        system.NeedsTheServers();
        var length = Environment.GetEnvironmentVariable(FaultSchedule.MinutesVariable) is { Length: > 0 } minutes
            ? TimeSpan.FromMinutes(double.Parse(minutes, CultureInfo.InvariantCulture))
            : (TimeSpan?)null;
        var schedule = FaultSchedule.FromEnvironment(isSoak: length is not null);
        var elapsed = Stopwatch.StartNew();
        using var client = new Client(system);
        var run = new FaultRun(system, new Recovery(system, client), Log);
        using var end = new CancellationTokenSource();
        var traffic = new Traffic(system, client).RunAsync(end.Token);
        try
        {
            do
            {
                var pass = schedule.NextPass();
                Log($"Seed {schedule.Seed}; again: {schedule.Replay}");
                foreach (var round in pass)
                {
                    Log($"  {string.Join(" + ", round.Select(fault => fault.ToString()))}");
                }

                await RunAsync(run, pass, () => elapsed.Elapsed > length);
            }
            while (elapsed.Elapsed < length);
        }
        finally
        {
            Log($"Seed {schedule.Seed}; again: {schedule.Replay}");
            await end.CancelAsync();
            await traffic;
        }

        var audit = new Audit(system);
        await audit.WaitForQuietAsync();

        // What a consumer kept without acknowledging it is back in its queue now, where the audit finds it.
        await system.StopServicesAsync(FaultySystem.Services);
        var result = await audit.CheckAsync();
        var report = await FaultReport.WriteAsync(system, schedule, elapsed.Elapsed, run, result);
        Log(report);
        if (length is not null)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(FaultReport.FilePath)!);
            await File.WriteAllTextAsync(FaultReport.FilePath, report, TestContext.Current.CancellationToken);
        }

        Assert.True(result.Findings == 0, $"Seed {schedule.Seed}; again: {schedule.Replay}\n{result}");
        await system.StartServicesAsync(FaultySystem.Services);

        void Log(string line) => output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{elapsed.Elapsed.TotalSeconds,6:0.0} {line}"));
    }

    private static async Task RunAsync(FaultRun run, IReadOnlyList<PlannedFault[]> pass, Func<bool> isOver)
    {
        foreach (var round in pass.TakeWhile(_ => !isOver()))
        {
            await run.RunAsync(round);
        }
    }
}
