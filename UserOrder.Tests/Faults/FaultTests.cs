using System.Diagnostics;
using System.Globalization;

namespace UserOrder.Tests.Faults;

/// <summary>Each request answered with 201 takes effect exactly once in the other service, whatever fails.</summary>
[Collection(FaultyTests.Name)]
public sealed class FaultTests(FaultySystem system, ITestOutputHelper output)
{
    private readonly Stopwatch _elapsed = Stopwatch.StartNew();

    /// <summary>The short form injects each kind of fault once. <c>USERORDER_SOAK_MINUTES</c> selects a soak with a report.</summary>
    [Fact]
    public async Task Overlapping_faults_lose_and_duplicate_nothing()
    {
        system.RequireServers();
        var length = FaultSchedule.LengthOfSoak();
        var schedule = FaultSchedule.FromEnvironment(isSoak: length is not null);
        using var client = new Client(system);
        var recovery = new Recovery(system, client);
        var run = new FaultRun(system, recovery, Log);
        await new Traffic(system, client).RunDuringAsync(async () =>
        {
            _elapsed.Restart();
            try
            {
                // Orders during an outage of UserApi need users that OrderApi knows.
                await recovery.MeasureAsync();
                await RunAsync(run, schedule, length);
            }
            finally
            {
                Log(schedule.ToString());
            }
        });

        var duration = _elapsed.Elapsed;
        var audit = new Audit(system);
        await audit.WaitForQuietAsync();

        // Stopped consumers return their unacknowledged messages to the queues, where the audit finds them.
        await system.StopServicesAsync(FaultySystem.Services);
        var result = await audit.CheckAsync();
        await system.StartServicesAsync(FaultySystem.Services);

        var report = await FaultReport.CreateAsync(system, schedule, duration, run, result);
        Log(report);
        if (length is not null)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(FaultReport.FilePath)!);
            await File.WriteAllTextAsync(FaultReport.FilePath, report, TestContext.Current.CancellationToken);
        }

        Assert.True(result.Findings == 0, $"{schedule}\n{result}");
    }

    private async Task RunAsync(FaultRun run, FaultSchedule schedule, TimeSpan? length)
    {
        do
        {
            var rounds = schedule.NextPass();
            var lines = rounds.Select(round => string.Join(" + ", round.Select(fault => fault.ToString())));
            Log(string.Join("\n  ", lines.Prepend($"{schedule}")));
            foreach (var round in rounds.TakeWhile(_ => length is null || _elapsed.Elapsed < length))
            {
                await run.RunAsync(round);
            }
        }
        while (_elapsed.Elapsed < length);
    }

    private void Log(string text) =>
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{_elapsed.Elapsed.TotalSeconds,6:0.0} {text}"));
}
