using System.Diagnostics;
using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.FSharp.Core;

namespace UserOrder.Tests.Properties;

/// <summary>
/// Shows that something holds for arbitrary inputs. <c>USERORDER_PROPERTY_CASES</c> says for how many in each test, and
/// <c>USERORDER_PROPERTY_SEED</c> repeats the inputs of a run that failed.
/// </summary>
internal static class Property
{
    private const string CasesVariable = "USERORDER_PROPERTY_CASES";
    private const string SeedVariable = "USERORDER_PROPERTY_SEED";
    private const int DefaultCases = 200;
    private static readonly TimeSpan LongestSearch = TimeSpan.FromSeconds(30);

    /// <summary>Gives the inputs in batches, so that those of a batch can be under way together, and reports the smallest that fails.</summary>
    /// <param name="inputs">What is given.</param>
    /// <param name="smaller">Simpler inputs than one that failed, the simplest first.</param>
    /// <param name="batch">How many are given together.</param>
    /// <param name="holds">Throws where the property does not hold.</param>
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

        // The last to fail is the smallest: FsCheck goes on only with inputs that still fail.
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

        // FsCheck's runner waits for each case, which must not hold up the test runner's own threads.
        var outcome = await Record.ExceptionAsync(() => Task.Factory.StartNew(
            () => Check.One(config, Prop.ForAll<T[]>(batches, Try)),
            TestContext.Current.CancellationToken,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default));
        if (outcome is not null)
        {
            Assert.Fail($"""
                Does not hold for: {(failure is { } smallest ? string.Join(Environment.NewLine, smallest.Inputs) : "")}
                {failure?.Exception ?? outcome}
                {SeedVariable}={seed} gives the same inputs again.
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
