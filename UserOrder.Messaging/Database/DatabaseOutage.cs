using System.Data.Common;

namespace UserOrder.Messaging.Database;

/// <summary>Tells a database that is out of reach from a statement that is wrong.</summary>
internal static class DatabaseOutage
{
    /// <summary>True when the same call may succeed later without any change to it.</summary>
    /// <remarks>
    /// Beyond what the driver calls transient: class 57P, operator intervention, is what the connections of a server that is being
    /// stopped or has crashed end with (https://www.postgresql.org/docs/current/errcodes-appendix.html).
    /// </remarks>
    public static bool Is(Exception exception) =>
        exception is DbException { IsTransient: true } ||
        (exception is DbException { SqlState: { } state } && state.StartsWith("57P", StringComparison.Ordinal));
}
