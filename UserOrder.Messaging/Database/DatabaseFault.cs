using System.Data.Common;
using Npgsql;

namespace UserOrder.Messaging.Database;

/// <summary>Tells data that the database refuses from every other failure, which is an outage: the same call may succeed later.</summary>
/// <remarks>
/// Only the database can say that data is at fault, and it says so by a class of SQLSTATE
/// (https://www.postgresql.org/docs/current/errcodes-appendix.html). An unknown failure counts as an outage: waiting loses nothing.
/// docs/reliability.md lists all classes.
/// </remarks>
internal static class DatabaseFault
{
    private static readonly string[] DataClasses = ["21", "22", "23", "44"];
    private static readonly string[] CodeClasses = ["0A", "0B", "2B", "2F", "38", "39", "3B", "3F", "42", "F0", "HV"];

    // A function or trigger of the schema raised an error; the caller ignored an earlier refusal.
    private static readonly string[] DataStates = [PostgresErrorCodes.RaiseException, PostgresErrorCodes.InFailedSqlTransaction];

    /// <summary>Whether the database refuses the data of a statement.</summary>
    public static bool IsOfData(Exception exception) => exception is PostgresException { SqlState: var state } &&
        (DataStates.Contains(state, StringComparer.Ordinal) || DataClasses.Contains(state[..2], StringComparer.Ordinal));

    /// <summary>Whether the database refuses a statement whatever its data.</summary>
    public static bool IsOfCode(Exception exception) =>
        exception is PostgresException { SqlState: var state } && CodeClasses.Contains(state[..2], StringComparer.Ordinal);

    /// <summary>Whether a call met a failure of the database that is not the fault of its data.</summary>
    public static bool IsOutage(Exception exception) => exception is DbException or TimeoutException && !IsOfData(exception);
}
