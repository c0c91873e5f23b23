namespace UserOrder.Bench;

/// <summary>Limits waits that could otherwise have no end.</summary>
internal static class Deadline
{
    /// <summary>How much longer than planned a measurement may take.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);

    /// <summary>Waits for a task, which goes on beyond the limit, while the run ends.</summary>
    /// <exception cref="BenchException">The limit has passed; the message describes the obstacle.</exception>
    public static async Task WithinAsync(this Task task, TimeSpan limit, Func<string> obstacle)
    {
        try
        {
            await task.WaitAsync(limit);
        }
        catch (TimeoutException) when (!task.IsCompleted)
        {
            throw new BenchException($"{obstacle()} within {limit.TotalSeconds:0} s.");
        }
    }
}
