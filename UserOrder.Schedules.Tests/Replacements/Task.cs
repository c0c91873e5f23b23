using UserOrder.Schedules.Tests.Scheduling;

namespace UserOrder.ApiDefaults.Security;

/// <summary>Starts tasks as operations of the scheduler instead of the thread pool. <c>ClientTokens</c> uses nothing else of it.</summary>
internal static class Task
{
    public static Task<T> Run<T>(Func<Task<T>> code, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var result = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Scheduler.Reach("starts a task");
        Scheduler.Current!.Start(RunAsync);
        return result.Task;

        async void RunAsync()
        {
            try
            {
                result.SetResult(await code());
            }
            catch (Exception exception)
            {
                result.SetException(exception);
            }
        }
    }
}
