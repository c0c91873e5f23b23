using System.Data.Common;
using Npgsql;

namespace UserOrder.Messaging.Database;

/// <summary>Distinguishes data that the database refuses from an outage, after which the same call may succeed.</summary>
/// <remarks>
/// Only the database can blame the data. It does so by the class of the SQLSTATE
/// (https://www.postgresql.org/docs/current/errcodes-appendix.html). An unknown failure counts as an outage, because waiting loses nothing.
/// docs/reliability.md lists all classes. An object-relational mapper wraps the database's exception in its own, so the inner exceptions
/// count, too.
/// </remarks>
internal static class DatabaseFault
{
    private static readonly string[] DataClasses = ["21", "22", "23", "44"];
    private static readonly string[] CodeClasses = ["0A", "0B", "2B", "2F", "38", "39", "3B", "3F", "42", "F0", "HV"];

    // A function or trigger of the schema raised an error, or the caller ignored an earlier refusal.
    private static readonly string[] DataStates = [PostgresErrorCodes.RaiseException, PostgresErrorCodes.InFailedSqlTransaction];

    /// <summary>The exception of the database in an exception; null if it has none.</summary>
    public static Exception? CauseOf(Exception exception)
    {
        // A call that was cancelled may hold the TimeoutException of another server.
        for (var cause = exception; cause is not (null or OperationCanceledException); cause = cause.InnerException)
        {
            if (cause is DbException or TimeoutException)
            {
                return cause;
            }
        }

        return null;
    }

    /// <summary>Whether the database refused the data of a statement.</summary>
    public static bool IsOfData(Exception exception) => CauseOf(exception) is PostgresException { SqlState: var state } &&
        (DataStates.Contains(state, StringComparer.Ordinal) || DataClasses.Contains(state[..2], StringComparer.Ordinal));

    /// <summary>Whether the database refused a statement regardless of its data.</summary>
    public static bool IsOfCode(Exception exception) =>
        CauseOf(exception) is PostgresException { SqlState: var state } && CodeClasses.Contains(state[..2], StringComparer.Ordinal);

    /// <summary>Whether a call to the database failed for any reason other than its data.</summary>
    public static bool IsOutage(Exception exception) => CauseOf(exception) is { } cause && !IsOfData(cause);
}
