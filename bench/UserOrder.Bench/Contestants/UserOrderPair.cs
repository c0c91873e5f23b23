using UserOrder.Bench.Servers;
using UserOrder.ManifestRunner.Processes;

namespace UserOrder.Bench.Contestants;

/// <summary>UserOrder as it is shipped: published in Release, production settings, telemetry at its default.</summary>
internal sealed class UserOrderPair(BenchServers servers, BenchFolders folders, ProcessWatchdog watchdog)
    : StoringPair("UserOrder", servers, folders, watchdog)
{
    protected override string CreatePath => "/v1/users";

    protected override ProcessSpecification UserCommand => Command("UserOrder.UserApi", UserUrl, "userdb", UserDatabase);

    protected override ProcessSpecification OrderCommand => Command("UserOrder.OrderApi", OrderUrl, "orderdb", OrderDatabase);

    protected override string StoreUsers(int count) =>
        $"""
        insert into users (id, name, email, email_key, created_at)
        select {OldUuid}, 'Ada Lovelace', 'stored' || n || '@example.com', 'stored' || n || '@example.com', {OldTime}
        from generate_series(1, {count}) as n
        """;

    protected override string StoreKnownUsers(int count) =>
        $"""
        insert into known_users (id) select {OldUuid} from generate_series(1, {count}) as n;
        insert into inbox (event_id, queue, received_at)
        select {OldUuid}, 'order-api.user-created', {OldTime} from generate_series(1, {count}) as n
        """;

    protected override async Task<bool> IsAnythingLeftAsync(long stored, long effects) =>
        stored != effects || await Servers.QueryAsync<long>(UserDatabase, "select count(*) from outbox") != 0;

    private ProcessSpecification Command(string project, Uri url, string databaseName, string database) =>
        new(Path.Combine(Folders.Published, project, project))
        {
            WorkingDirectory = Path.Combine(Folders.Published, project),
            Environment = new Dictionary<string, string?>
            {
                ["ASPNETCORE_URLS"] = url.GetLeftPart(UriPartial.Authority),
                ["ConnectionStrings__rabbitmq"] = Servers.BrokerUri,
                [$"ConnectionStrings__{databaseName}"] = Servers.DatabaseConnectionString(database),
                ["services__user-api__http__0"] = UserUrl.GetLeftPart(UriPartial.Authority),
            },
        };
}
