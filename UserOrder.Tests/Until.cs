using System.Diagnostics;

namespace UserOrder.Tests;

/// <summary>Polls for a condition with a deadline, in place of a fixed sleep.</summary>
internal static class Until
{
    private static readonly TimeSpan UsualDeadline = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    /// <summary>Polls until a result meets the condition, and returns that result.</summary>
    /// <param name="what">The condition, for the message of a failure.</param>
    /// <param name="ask">Gets a result.</param>
    /// <param name="isSatisfied">Whether a result meets the condition.</param>
    /// <param name="deadline">The longest time to poll; one minute by default.</param>
    public static async Task<T> TrueAsync<T>(string what, Func<Task<T>> ask, Func<T, bool> isSatisfied, TimeSpan? deadline = null)
    {
        var limit = deadline ?? UsualDeadline;
        var cancellationToken = TestContext.Current.CancellationToken;
        var waited = Stopwatch.StartNew();
        while (true)
        {
            var answer = await ask();
            if (isSatisfied(answer))
            {
                return answer;
            }

            Assert.True(waited.Elapsed < limit, $"Still not true after {limit.TotalSeconds} s: {what}. The last result was: {answer}");
            await Task.Delay(Interval, cancellationToken);
        }
    }

    /// <summary>Polls until the result equals the expected value.</summary>
    public static Task<T> EqualAsync<T>(T expected, string what, Func<Task<T>> ask) =>
        TrueAsync(what, ask, answer => EqualityComparer<T>.Default.Equals(answer, expected));
}
