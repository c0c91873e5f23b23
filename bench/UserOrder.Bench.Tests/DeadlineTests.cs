using UserOrder.Bench.Processes;

namespace UserOrder.Bench.Tests;

public sealed class DeadlineTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task A_wait_without_end_fails_with_its_obstacle()
    {
        var never = new TaskCompletionSource().Task;
        var exception = await Assert.ThrowsAsync<BenchException>(() => never.WithinAsync(Limit, () => "Nothing came"));
        Assert.Equal("Nothing came within 1 s.", exception.Message);
    }

    [Fact]
    public async Task A_program_without_end_is_killed()
    {
        var exception = await Assert.ThrowsAsync<BenchException>(() => Programs.RunAsync(Limit, "sleep", "600"));
        Assert.Equal("sleep did not end within 1 s.", exception.Message);
    }
}
