using System.Diagnostics;

namespace UserOrder.Tests;

/// <summary>Waits for a condition, never for a time.</summary>
internal static class Until
{
    private static readonly TimeSpan UsualDeadline = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    /// <summary>Asks again and again until the answer satisfies, and returns that answer.</summary>
    /// <param name="what">The condition, for the message of a failure.</param>
    /// <param name="ask">Gets an answer.</param>
    /// <param name="isSatisfied">Whether an answer meets the condition.</param>
    /// <param name="deadline">How long it asks; a minute if not given.</param>
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

            Assert.True(waited.Elapsed < limit, $"After {limit.TotalSeconds} s not true: {what}. The last answer was: {answer}");
            await Task.Delay(Interval, cancellationToken);
        }
    }

    /// <summary>Asks until the answer is the expected one.</summary>
    public static Task<T> EqualAsync<T>(T expected, string what, Func<Task<T>> ask) =>
        TrueAsync(what, ask, answer => EqualityComparer<T>.Default.Equals(answer, expected));
}
