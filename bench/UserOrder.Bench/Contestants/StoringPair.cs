using UserOrder.Bench.Servers;
using UserOrder.Processes;
using UserOrder.Processes.Servers;

namespace UserOrder.Bench.Contestants;

/// <summary>A contestant with a table <c>users</c> in one database and a table <c>known_users</c> in another, the ids UUIDv7.</summary>
internal abstract class StoringPair(string name, BenchServers servers, BenchFolders folders) : Contestant(name, servers, folders)
{
    // Yesterday: old enough to be before all others, and too young to be purged from an inbox.
    private static readonly long FirstTime = DateTimeOffset.UtcNow.AddDays(-1).ToUnixTimeMilliseconds();

    private readonly HashSet<int> _templates = [];

    public string UserDatabase { get; } = $"{name.ToLowerInvariant().Replace(' ', '_')}_user";

    protected string OrderDatabase { get; } = $"{name.ToLowerInvariant().Replace(' ', '_')}_order";

    /// <summary>SQL of the time at which the stored user <c>n</c> was created: one a millisecond.</summary>
    protected static string OldTime => $"to_timestamp(({FirstTime} + n) / 1000.0)";

    /// <summary>SQL of that user's UUIDv7.</summary>
    protected static string OldUuid => $"(lpad(to_hex({FirstTime} + n), 12, '0') || '70008' || left(md5(n::text), 15))::uuid";

    public override bool HasOutbox => OutboxTable is not null;

    /// <summary>The table of the events that were not sent yet; null if there is none.</summary>
    protected virtual string? OutboxTable => null;

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
        new StoredEffects(await Servers.Database.OpenAsync(UserDatabase), await Servers.Database.OpenAsync(OrderDatabase), OutboxTable);

    /// <summary>SQL that makes the order service know the stored users.</summary>
    protected virtual string StoreKnownUsers(int count) =>
        $"insert into known_users (id) select {OldUuid} from generate_series(1, {count}) as n";

    /// <summary>Starts a .NET service on the broker and a database.</summary>
    protected virtual ProcessSpecification Command(string project, Uri url, string databaseName, string database)
    {
        var folder = Folders.PublishedFolder(project);
        return new ProcessSpecification(Path.Combine(folder, project))
        {
            WorkingDirectory = folder,
            Environment = new Dictionary<string, string?>
            {
                // A program that was not compiled ahead of time runs on the runtime of this process, wherever that is installed.
                ["DOTNET_ROOT"] = DotnetFolders.Root,
                ["ASPNETCORE_URLS"] = url.GetLeftPart(UriPartial.Authority),
                ["ConnectionStrings__rabbitmq"] = Servers.Broker.Uri,
                [$"ConnectionStrings__{databaseName}"] = Servers.Database.ConnectionString(database),
                ["Security__Open"] = "true",
                ["services__user-api__http__0"] = UserUrl.GetLeftPart(UriPartial.Authority),
            },
        };
    }

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
            await Servers.ExecuteAsync(
                PostgresServer.DefaultDatabase, $"alter database {database} rename to {Template(database, storedUsers)}");
        }
    }
}
