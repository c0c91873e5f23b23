using Npgsql;

namespace UserOrder.Bench.Contestants;

/// <summary>
/// Effects as rows of <c>known_users</c>: created at the time in the user's UUIDv7, in effect at the commit of the row, which PostgreSQL
/// remembers (https://www.postgresql.org/docs/current/functions-info.html#FUNCTIONS-INFO-COMMIT-TIMESTAMP).
/// </summary>
/// <param name="users">To the database of the table <c>users</c>, open like the other one: a login costs more than a count.</param>
/// <param name="knownUsers">To the database of the table <c>known_users</c>.</param>
/// <param name="outbox">The former's table of events that were not sent yet; null if there is none.</param>
internal sealed class StoredEffects(NpgsqlConnection users, NpgsqlConnection knownUsers, string? outbox) : EffectWatch
{
    // No user from now on has a lesser id, whose random bits are zeros. So the primary key finds the new ones among a million.
    private readonly string _since = $"id >= '{DateTimeOffset.UtcNow.ToUnixTimeMilliseconds():x12}70008000000000000000'";

    public override async Task<long> LeftAsync()
    {
        var unsent = outbox is null ? "" : $"+ exists (select from {outbox})::int";
        return await CountAsync(users, $"select count(*) {unsent} from users where {_since}")
            - await CountAsync(knownUsers, $"select count(*) from known_users where {_since}");
    }

    public override async Task<Effects> ReadAsync()
    {
        await using var command = new NpgsqlCommand(
            $"""
            with effects as (
              select pg_xact_commit_timestamp(xmin) as at, ('x' || left(replace(id::text, '-', ''), 12))::bit(48)::bigint as created
              from known_users where {_since}
            ), lags as (
              select at, extract(epoch from at)::float8 * 1000 - created as lag from effects
            )
            select count(*), max(at), percentile_cont(array[0.5, 0.99]) within group (order by lag) from lags
            """,
            knownUsers);
        await using var reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();
        if (reader.GetInt64(0) == 0)
        {
            throw new BenchException($"No event has taken effect in {knownUsers.Database}.");
        }

        var percentiles = reader.GetFieldValue<double[]>(2);
        return new Effects(reader.GetInt64(0), reader.GetFieldValue<DateTimeOffset>(1), percentiles[0], percentiles[1]);
    }

    public override async ValueTask DisposeAsync()
    {
        await users.DisposeAsync();
        await knownUsers.DisposeAsync();
    }

    private static async Task<long> CountAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
