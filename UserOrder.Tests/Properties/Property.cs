using System.Diagnostics;
using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.FSharp.Core;

namespace UserOrder.Tests.Properties;

/// <summary>
/// Checks a property for arbitrary inputs. <c>USERORDER_PROPERTY_CASES</c> sets their number in each test, and
/// <c>USERORDER_PROPERTY_SEED</c> repeats the inputs of a failed run.
/// </summary>
internal static class Property
{
    private const string CasesVariable = "USERORDER_PROPERTY_CASES";
    private const string SeedVariable = "USERORDER_PROPERTY_SEED";
    private const int DefaultCases = 200;
    private static readonly TimeSpan LongestSearch = TimeSpan.FromSeconds(30);

    /// <summary>Checks batches of inputs, so that a batch can run concurrently, and reports the smallest failing input.</summary>
    /// <param name="inputs">The generator of inputs.</param>
    /// <param name="smaller">Simplifies a failing input; the simplest results come first.</param>
    /// <param name="batch">The number of inputs in a batch.</param>
    /// <param name="holds">Throws if the property does not hold.</param>
    public static async Task HoldsAsync<T>(Gen<T> inputs, Func<T, IEnumerable<T>> smaller, int batch, Func<IReadOnlyList<T>, Task> holds)
    {
        var seed = Number(SeedVariable) ?? (ulong)Random.Shared.NextInt64();
        var runs = Math.Max(1, (int)(Number(CasesVariable) ?? DefaultCases) / batch);
        var config = Config.QuickThrowOnFailure
            .WithMaxTest(runs)
            .WithStartSize(1)
            .WithEndSize(30)
            .WithReplay(FSharpOption<Replay>.Some(new Replay(new Rnd(seed), FSharpOption<int>.None)));
        var searching = new Stopwatch();
        var batches = Arb.From(inputs.ArrayOf(batch), given => searching.Elapsed < LongestSearch ? Smaller(given, smaller) : []);

        // The last failing input is the smallest: FsCheck continues only with inputs that still fail.
        (IReadOnlyList<T> Inputs, Exception Exception)? failure = null;
        void Try(IReadOnlyList<T> given)
        {
            try
            {
                holds(given).GetAwaiter().GetResult();
            }
            catch (Exception exception)
            {
                searching.Start();
                failure = (given, exception);
                throw;
            }
        }

        // FsCheck's runner blocks on each case, so it needs a thread outside the pool of the test runner.
        var outcome = await Record.ExceptionAsync(() => Task.Factory.StartNew(
            () => Check.One(config, Prop.ForAll<T[]>(batches, Try)),
            TestContext.Current.CancellationToken,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default));
        if (outcome is not null)
        {
            Assert.Fail($"""
                The property does not hold for: {(failure is { } smallest ? string.Join(Environment.NewLine, smallest.Inputs) : "")}
                {failure?.Exception ?? outcome}
                {SeedVariable}={seed} repeats the inputs.
                """);
        }
    }

    private static IEnumerable<T[]> Smaller<T>(T[] batch, Func<T, IEnumerable<T>> smaller) =>
        batch is [var single]
            ? smaller(single).Select(simpler => new[] { simpler })
            : [.. batch.Chunk((batch.Length + 1) / 2)];

    private static ulong? Number(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? ulong.Parse(text, CultureInfo.InvariantCulture) : null;
}
