using System.Diagnostics;
using Npgsql;
using UserOrder.Bench.Servers;

namespace UserOrder.Bench.Load;

/// <summary>
/// What any durable answer costs: <c>INSERT … COMMIT</c> of one row into a table like that of the users, on one connection, the statement
/// prepared, one after the other.
/// </summary>
internal static class InsertReference
{
    private const string Database = "bench_insert";

    public static async Task CreateTableAsync(BenchServers servers)
    {
        await servers.CopyDatabaseAsync("template0", Database);
        await servers.ExecuteAsync(
            Database,
            """
            create table users (
              id         uuid        primary key,
              name       text        not null,
              email      text        not null,
              email_key  text        not null collate "C" unique,
              created_at timestamptz not null
            )
            """);
    }

    public static async Task<LoadResult> RunAsync(BenchServers servers, TimeSpan duration)
    {
        await using var connection = await servers.OpenDatabaseAsync(Database);
        await using var command = new NpgsqlCommand(
            "insert into users (id, name, email, email_key, created_at) values ($1, 'Ada Lovelace', $2, $2, $3)", connection);
        var id = new NpgsqlParameter<Guid>();
        var email = new NpgsqlParameter<string>();
        var createdAt = new NpgsqlParameter<DateTimeOffset>();
        command.Parameters.Add(id);
        command.Parameters.Add(email);
        command.Parameters.Add(createdAt);
        await command.PrepareAsync();

        var milliseconds = new List<double>();
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < duration)
        {
            var start = clock.Elapsed;
            (id.TypedValue, createdAt.TypedValue) = (Guid.CreateVersion7(), DateTimeOffset.UtcNow);
            email.TypedValue = $"{id.TypedValue}@example.com";
            await command.ExecuteNonQueryAsync();
            milliseconds.Add((clock.Elapsed - start).TotalMilliseconds);
        }

        milliseconds.Sort();
        return new LoadResult(milliseconds.Count, clock.Elapsed.TotalSeconds, milliseconds.Percentile(0.5), milliseconds.Percentile(0.99));
    }
}
