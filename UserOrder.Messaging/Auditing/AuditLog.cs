using System.Data.Common;
using Microsoft.Extensions.Logging;
using UserOrder.Messaging.DeadLetters;

namespace UserOrder.Messaging.Auditing;

/// <summary>
/// Runs what an operator does to dead letters, and records it: before it begins, so that no action goes unseen, and at its end.
/// </summary>
internal sealed partial class AuditLog(AuditStore store, ILogger<AuditLog> logger)
{
    /// <summary>Runs an action.</summary>
    /// <param name="by">The operator's subject; null if the service knows no callers.</param>
    /// <param name="action">One of the constants of <see cref="OperatorAction"/>.</param>
    /// <param name="queue">The queue.</param>
    /// <param name="detail">Which dead letters of the queue. A longer text than 500 characters is cut.</param>
    /// <param name="run">The action. It returns the number of dead letters.</param>
    /// <param name="cancellationToken">Ends the action before it begins.</param>
    /// <exception cref="DbException">The database refused or did not answer, and the action has not begun.</exception>
    public async Task<int> RunAsync(
        string? by, string action, string queue, string detail, Func<Task<int>> run, CancellationToken cancellationToken)
    {
        var id = await store.BeginAsync(by, action, queue, detail, cancellationToken);
        try
        {
            var count = await run();
            await EndAsync(count, failure: null);
            return count;
        }
        catch (Exception exception)
        {
            await EndAsync((exception as QueueFullException)?.Replayed, exception.Message);
            throw;
        }

        async Task EndAsync(int? count, string? failure)
        {
            LogAction(by, action, queue, detail, count, failure);
            try
            {
                await store.EndAsync(id, count, failure);
            }
            catch (DbException exception)
            {
                LogEndNotRecorded(id, exception.Message);
            }
        }
    }

    [LoggerMessage(93, LogLevel.Information, "Operator {By}: {Action} dead letters of {Queue} ({Detail}), {Count} done. {Failure}")]
    private partial void LogAction(string? by, string action, string queue, string detail, int? count, string? failure);

    [LoggerMessage(94, LogLevel.Warning, "The end of the operator's action {Id} is not recorded: {Reason}")]
    private partial void LogEndNotRecorded(long id, string reason);
}
