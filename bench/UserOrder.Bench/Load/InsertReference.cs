using System.Diagnostics;
using Npgsql;
using UserOrder.Bench.Servers;

namespace UserOrder.Bench.Load;

/// <summary>
/// What any durable answer costs: <c>INSERT … COMMIT</c> of one row into a table like <c>users</c>, on one connection, the statement
/// prepared, one after the other.
/// </summary>
internal static class InsertReference
{
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(3);

    public static async Task<LoadResult> RunAsync(BenchServers servers, string database)
    {
        await servers.ExecuteAsync(database, "create table bench_insert (like users including all)");
        await using var connection = await servers.Database.OpenAsync(database);
        var (id, email, createdAt) = (new NpgsqlParameter<Guid>(), new NpgsqlParameter<string>(), new NpgsqlParameter<DateTimeOffset>());
        await using var insert = new NpgsqlCommand(
            "insert into bench_insert (id, name, email, email_key, created_at) values ($1, 'Ada Lovelace', $2, $2, $3)", connection)
        {
            Parameters = { id, email, createdAt },
        };
        await insert.PrepareAsync();

        var milliseconds = new List<double>();
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < Duration)
        {
            var start = clock.Elapsed;
            (id.TypedValue, createdAt.TypedValue) = (Guid.CreateVersion7(), DateTimeOffset.UtcNow);
            email.TypedValue = $"{id.TypedValue}@example.com";
            await insert.ExecuteNonQueryAsync();
            milliseconds.Add((clock.Elapsed - start).TotalMilliseconds);
        }

        return LoadResult.Of(milliseconds, clock.Elapsed);
    }
}
