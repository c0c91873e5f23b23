using UserOrder.Bench.Servers;
using UserOrder.Processes;

namespace UserOrder.Bench.Contestants;

/// <summary>A contestant with a table <c>users</c> in one database and a table <c>known_users</c> in another, the ids UUIDv7.</summary>
internal abstract class StoringPair(string name, BenchServers servers, BenchFolders folders)
    : Contestant(name, servers, folders)
{
    private const string DefaultDatabase = "postgres";

    // Yesterday: old enough to be before all others, and too young to be purged from an inbox.
    private static readonly long FirstTime = DateTimeOffset.UtcNow.AddDays(-1).ToUnixTimeMilliseconds();

    private readonly HashSet<int> _templates = [];

    protected string UserDatabase => $"{Prefix}_user";

    protected string OrderDatabase => $"{Prefix}_order";

    /// <summary>Whether the user service keeps events in a table <c>outbox</c> until they are published.</summary>
    protected abstract bool HasOutbox { get; }

    /// <summary>SQL of the time at which the stored user <c>n</c> was created: one a millisecond.</summary>
    protected static string OldTime => $"to_timestamp(({FirstTime} + n) / 1000.0)";

    /// <summary>SQL of that user's UUIDv7.</summary>
    protected static string OldUuid => $"(lpad(to_hex({FirstTime} + n), 12, '0') || '70008' || left(md5(n::text), 15))::uuid";

    private string Prefix { get; } = name.ToLowerInvariant().Replace(' ', '_');

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

    public override async Task<EffectWatch> WatchEffectsAsync() =>
        await StoredEffects.OpenAsync(Servers, UserDatabase, OrderDatabase, HasOutbox);

    /// <summary>SQL that makes the order service know them, and remember their events where it does such a thing.</summary>
    protected abstract string StoreKnownUsers(int count);

    /// <summary>How a .NET service is started on a broker and a database.</summary>
    public static ProcessSpecification Command(
        string folder, string project, Uri url, Uri userUrl, string brokerUri, string databaseName, string connectionString) =>
        new(Path.Combine(folder, project))
        {
            WorkingDirectory = folder,
            Environment = new Dictionary<string, string?>
            {
                ["ASPNETCORE_URLS"] = url.GetLeftPart(UriPartial.Authority),
                ["ConnectionStrings__rabbitmq"] = brokerUri,
                [$"ConnectionStrings__{databaseName}"] = connectionString,
                ["Security__Open"] = "true",
                ["services__user-api__http__0"] = userUrl.GetLeftPart(UriPartial.Authority),
            },
        };

    protected ProcessSpecification Command(string project, Uri url, string databaseName, string database) => Command(
        Folders.PublishedFolder(project), project, url, UserUrl, Servers.BrokerUri, databaseName, Servers.DatabaseConnectionString(database));

    private static string StoreUsers(int count) =>
        $"""
        insert into users (id, name, email, email_key, created_at)
        select {OldUuid}, 'Ada Lovelace', 'stored' || n || '@example.com', 'stored' || n || '@example.com', {OldTime}
        from generate_series(1, {count}) as n
        """;

    private static string Template(string database, int storedUsers) => $"{database}_{storedUsers}";

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
