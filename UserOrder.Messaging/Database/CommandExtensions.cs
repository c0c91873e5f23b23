using Npgsql;
using NpgsqlTypes;

namespace UserOrder.Messaging.Database;

/// <summary>Helpers for commands that write or return many rows at once.</summary>
public static class CommandExtensions
{
    /// <summary>Adds an array parameter, which the statement expands by <c>unnest</c>.</summary>
    /// <param name="command">The command.</param>
    /// <param name="name">The parameter's name, without the <c>@</c>.</param>
    /// <param name="elementType">The type of its elements.</param>
    /// <param name="values">Its elements. A null element becomes a null in the database.</param>
    public static void AddArray<T>(this NpgsqlCommand command, string name, NpgsqlDbType elementType, IEnumerable<T> values)
    {
        ArgumentNullException.ThrowIfNull(command);
        command.Parameters.Add(new NpgsqlParameter(name, NpgsqlDbType.Array | elementType) { Value = values.ToArray() });
    }

    /// <summary>
    /// Runs the command to the end of its implicit transaction, if any, and returns the ids in the first column, each with the flag in the
    /// second.
    /// </summary>
    /// <exception cref="NpgsqlException">The database refused or did not answer.</exception>
    public static async Task<Dictionary<Guid, bool>> ReadFlagsAsync(this NpgsqlCommand command, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(command);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var flags = new Dictionary<Guid, bool>();
        while (await reader.ReadAsync(cancellationToken))
        {
            flags.Add(reader.GetGuid(0), reader.GetBoolean(1));
        }

        // An implicit commit follows the last row. The disposal of the reader waits for it too, but hides a time-out.
        await reader.NextResultAsync(cancellationToken);
        return flags;
    }

    /// <summary>
    /// Reads the rows of a search. The first column is the same in each row: whether everything was looked at. A single row with null in
    /// the second column stands for no find.
    /// </summary>
    /// <exception cref="NpgsqlException">The database refused or did not answer.</exception>
    internal static async Task<(IReadOnlyList<T> Found, bool IsComplete)> ReadSearchAsync<T>(
        this NpgsqlCommand command, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var (found, isComplete) = (new List<T>(), true);
        while (await reader.ReadAsync(cancellationToken))
        {
            isComplete = reader.GetBoolean(0);
            if (!reader.IsDBNull(1))
            {
                found.Add(read(reader));
            }
        }

        return (found, isComplete);
    }
}
