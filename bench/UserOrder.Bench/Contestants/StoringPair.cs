using Npgsql;
using UserOrder.Bench.Servers;
using UserOrder.ManifestRunner.Processes;

namespace UserOrder.Bench.Contestants;

/// <summary>A contestant with a table <c>users</c> in one database and a table <c>known_users</c> in another, the ids UUIDv7.</summary>
internal abstract class StoringPair(string name, BenchServers servers, BenchFolders folders, ProcessWatchdog watchdog)
    : Contestant(name, servers, folders, watchdog)
{
    private const string DefaultDatabase = "postgres";

    /// <summary>SQL of the time at which the stored user <c>n</c> was created: within the last days, one a millisecond.</summary>
    protected const string OldTime = "timestamptz '2026-01-01' + n * interval '1 millisecond'";

    /// <summary>SQL of that user's UUIDv7, which sorts as one that was made at that time.</summary>
    protected const string OldUuid =
        """
        (lpad(to_hex((extract(epoch from timestamptz '2026-01-01') * 1000)::bigint + n), 12, '0') || '7000' || '8' ||
          substr(md5(n::text), 1, 15))::uuid
        """;

    private readonly HashSet<int> _templates = [];

    protected BenchFolders Folders { get; } = folders;

    protected string UserDatabase => $"{Prefix}_user";

    protected string OrderDatabase => $"{Prefix}_order";

    private string Prefix { get; } = name.ToLowerInvariant();

    public override async Task PrepareAsync(int storedUsers)
    {
        if (_templates.Add(storedUsers))
        {
            await MakeTemplatesAsync(storedUsers);
        }

        await Servers.CopyDatabaseAsync(Template(UserDatabase, storedUsers), UserDatabase);
        await Servers.CopyDatabaseAsync(Template(OrderDatabase, storedUsers), OrderDatabase);
        await Servers.CheckpointAsync();
    }

    public override Task<long> CountEffectsAsync() => Servers.QueryAsync<long>(OrderDatabase, "select count(*) from known_users");

    public override async Task<bool> IsAnythingLeftAsync() =>
        await IsAnythingLeftAsync(await Servers.QueryAsync<long>(UserDatabase, "select count(*) from users"), await CountEffectsAsync());

    /// <summary>The time of the effect is that of its transaction's commit, the time of creation is the one in the user's UUIDv7.</summary>
    public override async Task<Func<Task<Effects>>> WatchEffectsAsync()
    {
        var start = await Servers.QueryAsync<DateTime>(OrderDatabase, "select clock_timestamp()");
        return () => EffectsSinceAsync(start);
    }

    /// <summary>SQL that stores users 1 to <paramref name="count"/>.</summary>
    protected abstract string StoreUsers(int count);

    /// <summary>SQL that makes the order service know them, and remember their events where it does such a thing.</summary>
    protected abstract string StoreKnownUsers(int count);

    protected virtual Task<bool> IsAnythingLeftAsync(long stored, long effects) => Task.FromResult(stored != effects);

    private static string Template(string database, int storedUsers) => $"{database}_{storedUsers}";

    private async Task<Effects> EffectsSinceAsync(DateTime start)
    {
        await using var connection = await Servers.OpenDatabaseAsync(OrderDatabase);
        await using var command = new NpgsqlCommand(
            """
            with effects as (
              select pg_xact_commit_timestamp(xmin) as at, ('x' || left(replace(id::text, '-', ''), 12))::bit(48)::bigint as created
              from known_users
              where pg_xact_commit_timestamp(xmin) >= $1
            ), lags as (
              select at, extract(epoch from at)::float8 * 1000 - created as lag from effects
            )
            select count(*), max(at), percentile_cont(array[0.5, 0.99]) within group (order by lag) from lags
            """,
            connection);
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = start });
        await using var reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();
        return reader.GetInt64(0) == 0
            ? throw new BenchException($"No event of {Name} has taken effect.")
            : new Effects(reader.GetInt64(0), reader.GetFieldValue<DateTimeOffset>(1), reader.GetFieldValue<double[]>(2)[0], reader.GetFieldValue<double[]>(2)[1]);
    }

    /// <summary>The services make their tables themselves, in databases that are then filled.</summary>
    private async Task MakeTemplatesAsync(int storedUsers)
    {
        await Servers.CopyDatabaseAsync("template0", UserDatabase);
        await Servers.CopyDatabaseAsync("template0", OrderDatabase);
        await StartAsync();
        await StopAsync();
        await Servers.ExecuteAsync(UserDatabase, StoreUsers(storedUsers));
        await Servers.ExecuteAsync(OrderDatabase, StoreKnownUsers(storedUsers));
        foreach (var database in new[] { UserDatabase, OrderDatabase })
        {
            await Servers.ExecuteAsync(database, "vacuum analyze");
            await Servers.ExecuteAsync(DefaultDatabase, $"alter database {database} rename to {Template(database, storedUsers)}");
        }
    }
}
