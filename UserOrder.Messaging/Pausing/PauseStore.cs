using Npgsql;
using UserOrder.Messaging.Auditing;

namespace UserOrder.Messaging.Pausing;

/// <summary>The statements on the table of pauses, which all replicas of a service share.</summary>
internal sealed class PauseStore(NpgsqlDataSource database)
{
    /// <summary>The consumers and the relay that have ever been paused, by name.</summary>
    /// <exception cref="NpgsqlException">The database refused or did not answer.</exception>
    public async Task<Dictionary<string, PauseState>> ListAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select name, is_paused, changed_at, changed_by from pauses");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var states = new Dictionary<string, PauseState>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var state = Read(reader);
            states.Add(state.Name, state);
        }

        return states;
    }

    /// <summary>
    /// Pauses or resumes, and records the action. A repetition changes nothing, so the state keeps its first operator and time.
    /// </summary>
    /// <exception cref="NpgsqlException">The database refused or did not answer.</exception>
    public async Task<PauseState> SetAsync(string name, bool isPaused, string? by, CancellationToken cancellationToken)
    {
        // A row that has the value already is written again as it is, because "returning" returns only written rows.
        await using var command = database.CreateCommand(
            """
            with changed as (
              insert into pauses as before (name, is_paused, changed_at, changed_by) values ($1, $2, statement_timestamp(), $3)
              on conflict (name) do update set
                is_paused = excluded.is_paused,
                changed_at = case when before.is_paused = excluded.is_paused then before.changed_at else excluded.changed_at end,
                changed_by = case when before.is_paused = excluded.is_paused then before.changed_by else excluded.changed_by end
              returning name, is_paused, changed_at, changed_by
            ), recorded as (
              insert into operator_actions (begun_at, begun_by, action, target, ended_at)
              select changed_at, changed_by, $4, name, changed_at from changed where changed_at = statement_timestamp()
            )
            select name, is_paused, changed_at, changed_by from changed
            """);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = name });
        command.Parameters.Add(new NpgsqlParameter<bool> { TypedValue = isPaused });
        command.Parameters.Add(new NpgsqlParameter<string?> { TypedValue = by });
        command.Parameters.Add(new NpgsqlParameter<string>
        {
            TypedValue = isPaused ? OperatorAction.Pause : OperatorAction.Resume,
        });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return Read(reader);
    }

    private static PauseState Read(NpgsqlDataReader reader) => new(
        reader.GetString(0),
        reader.GetBoolean(1),
        reader.GetFieldValue<DateTimeOffset>(2),
        reader.IsDBNull(3) ? null : reader.GetString(3));
}
