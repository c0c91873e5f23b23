using UserOrder.Messaging.Resilience;
using UserOrder.Tests.Model;

namespace UserOrder.Tests.Faults;

/// <summary>A service crashes at each fail point of the protocol: each request answered with 201 still takes effect exactly once.</summary>
[Collection(FaultyTests.Name)]
public sealed class CrashTests(FaultySystem system)
{
    public static TheoryData<string> FailPoints { get; } = [.. FailPoint.All];

    [Theory]
    [MemberData(nameof(FailPoints))]
    public async Task A_crash_at_any_fail_point_loses_and_duplicates_nothing(string failPoint)
    {
        system.RequireServers();
        var traces = new FailPointTraces(system.TraceFolder);
        using var client = new Client(system);
        await new Traffic(system, client).RunDuringAsync(async () =>
        {
            await system.ArmAsync(failPoint);
            if (failPoint == FailPoint.DeadLetterConfirmed)
            {
                await new Junk(system).PublishPoisonAsync();
            }

            var crashed = await Until.TrueAsync(
                $"a service crashed at {failPoint}", () => Task.FromResult(FindCrashedService()), service => service is not null);
            await Until.EqualAsync(false, "the crash is noticed", () => Task.FromResult(system.IsCrashDue));
            await system.Graph.StartAsync(crashed!, TestContext.Current.CancellationToken);
            await new Recovery(system, client).MeasureAsync();
        });

        var result = await new Audit(system).CheckWhenQuietAsync();
        Assert.True(result.Findings == 0, result.ToString());
        AssertConform(traces.Read());
    }

    /// <summary>Every event took a way that the model of the protocol allows. Many took the same.</summary>
    private static void AssertConform(IReadOnlyDictionary<string, RecordedRun> runs)
    {
        Assert.NotEmpty(runs);
        var deviations = runs
            .DistinctBy(run => run.Value.ToString())
            .Where(run => !Conformance.IsRun(run.Value))
            .Select(run => $"{run.Key} left the model: {run.Value}")
            .ToList();
        Assert.True(deviations.Count == 0, string.Join('\n', deviations));
    }

    private string? FindCrashedService() => FaultySystem.Services.FirstOrDefault(service => system.Graph.HasCrashed(service));
}
