using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;
using RabbitMQ.Client;
using UserOrder.Messaging.Broker;
using UserOrder.Messaging.Idempotency;
using UserOrder.Messaging.Outbox;
using UserOrder.Messaging.Settings;
using UserOrder.Messaging.Telemetry;
using UserOrder.OrderApi.Orders;
using UserOrder.Tests.Graph;
using UserOrder.UserApi.Users;

namespace UserOrder.Tests.Integration;

/// <summary>Two replicas with separate writers on one database.</summary>
public sealed class IdempotencyStoreTests(RunningGraph graph) : IntegrationTest(graph)
{
    [Fact]
    public async Task Two_replicas_with_the_same_keys_and_emails_create_each_user_once()
    {
        var userdb = await OpenDatabaseAsync("userdb");
        await using var one = NewUserStore(userdb);
        await using var other = NewUserStore(await OpenDatabaseAsync("userdb"));
        for (var round = 0; round < 10; round++)
        {
            var keys = Enumerable.Range(0, 50).Select(_ => KeyOf(new CreateUserRequest())).ToArray();
            var emails = keys.Select(_ => NewEmail()).ToArray();

            // Both replicas get the same keys in opposite order; the second also gets the same emails with other keys.
            var additions = keys.Select((key, i) => one.AddAsync(NewUser(emails[i]), key, Cancelled))
                .Concat(keys.Reverse().Select((key, i) => other.AddAsync(NewUser(emails[i]), key, Cancelled)))
                .Concat(emails.Reverse().Select(email => other.AddAsync(NewUser(email), KeyOf(new CreateUserRequest()), Cancelled)));
            var results = await Task.WhenAll(additions);

            Assert.Equal(50, results.Count(result => result == UserAddition.Added));
            Assert.Equal(50, results.Count(result => result == UserAddition.KeyTaken));
            Assert.Equal(50, await CountAsync(userdb, "select count(*) from users where email = any($1)", (object)emails));
            Assert.Equal(
                50,
                await CountAsync(
                    userdb, "select count(*) from idempotency_keys where key = any($1)", keys.Select(key => key.Value).ToList()));
        }
    }

    [Fact]
    public async Task Two_replicas_with_the_same_keys_in_opposite_order_do_not_deadlock()
    {
        var userdb = await OpenDatabaseAsync("userdb");
        await using var one = NewUserStore(userdb);
        await using var other = NewUserStore(userdb);
        await using var starter = await RivalReplica.StartAsync(userdb);
        await using var middle = await RivalReplica.StartAsync(userdb);
        var keys = Enumerable.Range(0, 3)
            .Select(_ => KeyOf(new CreateUserRequest()))
            .OrderBy(key => key.Value, StringComparer.Ordinal)
            .ToArray();
        var blocking = new[] { KeyOf(new CreateUserRequest()), KeyOf(new CreateUserRequest()) };
        await starter.TakeAsync(blocking[0].Value, Guid.NewGuid());
        await starter.TakeAsync(blocking[1].Value, Guid.NewGuid());
        await middle.TakeAsync(keys[1].Value, Guid.NewGuid());

        // While the starter blocks both replicas, each queues one batch of all three keys. Without sorting, each batch would lock keys
        // that the other one needs next.
        var first = new[]
        {
            one.AddAsync(NewUser(NewEmail()), blocking[0], Cancelled),
            other.AddAsync(NewUser(NewEmail()), blocking[1], Cancelled),
        };
        await starter.WaitUntilBlockingAsync(statements: 2);
        var second = keys.Select(key => one.AddAsync(NewUser(NewEmail()), key, Cancelled))
            .Concat(keys.Reverse().Select(key => other.AddAsync(NewUser(NewEmail()), key, Cancelled)))
            .ToList();
        await starter.CommitAsync();
        await Task.WhenAll(first);
        await middle.WaitUntilBlockingAsync(statements: 2);
        await middle.RollbackAsync();

        var results = await Task.WhenAll(second);
        Assert.Equal(3, results.Count(result => result == UserAddition.Added));
        Assert.Equal(3, results.Count(result => result == UserAddition.KeyTaken));
    }

    [Fact]
    public async Task Two_replicas_with_the_same_keys_place_each_order_once_and_an_unknown_user_leaves_no_key()
    {
        var orderdb = await OpenDatabaseAsync("orderdb");
        await using var one = NewOrderStore(orderdb);
        await using var other = NewOrderStore(await OpenDatabaseAsync("orderdb"));
        var userId = await CreateUserAsync();
        await Until.EqualAsync(
            1, "OrderApi knows the user", () => CountAsync(orderdb, "select count(*) from known_users where id = $1", userId));
        var keys = Enumerable.Range(0, 200).Select(_ => KeyOf(new PlaceOrderRequest())).ToArray();
        var unused = KeyOf(new PlaceOrderRequest());

        var unknown = one.AddAsync(NewOrder(Guid.CreateVersion7()), unused, Cancelled);
        var results = await Task.WhenAll(keys.Select(key => one.AddAsync(NewOrder(userId), key, Cancelled))
            .Concat(keys.Reverse().Select(key => other.AddAsync(NewOrder(userId), key, Cancelled))));

        Assert.Equal(OrderAddition.UnknownUser, await unknown);
        Assert.Equal(0, await CountAsync(orderdb, "select count(*) from idempotency_keys where key = $1", unused.Value));
        Assert.Equal(200, results.Count(result => result == OrderAddition.Added));
        Assert.Equal(200, results.Count(result => result == OrderAddition.KeyTaken));
        Assert.Equal(200, await CountAsync(orderdb, "select count(*) from orders where user_id = $1", userId));
        await Until.EqualAsync(200, "UserApi counts each order once", () => OrderCountAsync(userId));
    }

    [Fact]
    public async Task A_taken_key_does_not_affect_the_rest_of_its_batch_of_users()
    {
        var userdb = await OpenDatabaseAsync("userdb");
        await using var users = NewUserStore(userdb);
        var (blocking, taken) = (KeyOf(new CreateUserRequest()), KeyOf(new CreateUserRequest()));
        var email = NewEmail();
        await using var rival = await RivalReplica.StartAsync(userdb);
        await rival.TakeAsync(blocking.Value, Guid.NewGuid());
        await rival.TakeAsync(taken.Value, Guid.NewGuid());

        // The requests that arrive while the first one waits for the rival form the second batch.
        var first = users.AddAsync(NewUser(NewEmail()), blocking, Cancelled);
        await rival.WaitUntilBlockingAsync();
        Task<UserAddition>[] second =
        [
            users.AddAsync(NewUser(email), KeyOf(new CreateUserRequest()), Cancelled),
            users.AddAsync(NewUser(NewEmail()), taken, Cancelled),
            users.AddAsync(NewUser(NewEmail()), key: null, Cancelled),
            users.AddAsync(NewUser(email), key: null, Cancelled),
        ];
        await rival.CommitAsync();

        Assert.Equal(UserAddition.KeyTaken, await first);
        Assert.Equal<UserAddition>([UserAddition.KeyTaken, UserAddition.Added], (await Task.WhenAll(second))[1..3]);
        Assert.Equal([UserAddition.Added, UserAddition.EmailTaken], new[] { await second[0], await second[3] }.Order());
    }

    [Fact]
    public async Task A_taken_key_does_not_affect_the_rest_of_its_batch_of_orders()
    {
        var orderdb = await OpenDatabaseAsync("orderdb");
        await using var orders = NewOrderStore(orderdb);
        var userId = await CreateUserAsync();
        await Until.EqualAsync(
            1, "OrderApi knows the user", () => CountAsync(orderdb, "select count(*) from known_users where id = $1", userId));
        var (blocking, taken) = (KeyOf(new PlaceOrderRequest()), KeyOf(new PlaceOrderRequest()));
        await using var rival = await RivalReplica.StartAsync(orderdb);
        await rival.TakeAsync(blocking.Value, Guid.NewGuid());
        await rival.TakeAsync(taken.Value, Guid.NewGuid());

        // The requests that arrive while the first one waits for the rival form the second batch.
        var first = orders.AddAsync(NewOrder(userId), blocking, Cancelled);
        await rival.WaitUntilBlockingAsync();
        Task<OrderAddition>[] second =
        [
            orders.AddAsync(NewOrder(userId), KeyOf(new PlaceOrderRequest()), Cancelled),
            orders.AddAsync(NewOrder(userId), taken, Cancelled),
            orders.AddAsync(NewOrder(userId), key: null, Cancelled),
            orders.AddAsync(NewOrder(Guid.CreateVersion7()), KeyOf(new PlaceOrderRequest()), Cancelled),
            orders.AddAsync(NewOrder(Guid.CreateVersion7()), key: null, Cancelled),
        ];
        await rival.CommitAsync();

        Assert.Equal(OrderAddition.KeyTaken, await first);
        Assert.Equal<OrderAddition>(
            [OrderAddition.Added, OrderAddition.KeyTaken, OrderAddition.Added, OrderAddition.UnknownUser, OrderAddition.UnknownUser],
            await Task.WhenAll(second));
    }

    [Fact]
    public async Task A_key_of_another_operation_is_another_key()
    {
        var userdb = await OpenDatabaseAsync("userdb");
        await using var users = NewUserStore(userdb);
        var header = Guid.NewGuid().ToString();
        var other = IdempotencyKey.From("renameUser", header, caller: null, new CreateUserRequest(), UserJson.Default.CreateUserRequest);
        var same = IdempotencyKey.From("createUser", header, caller: null, new CreateUserRequest(), UserJson.Default.CreateUserRequest);

        Assert.Equal(UserAddition.Added, await users.AddAsync(NewUser(NewEmail()), other, Cancelled));
        Assert.Null(await IdempotencyStore.FindAsync(userdb, same, Cancelled));
        Assert.Equal(UserAddition.Added, await users.AddAsync(NewUser(NewEmail()), same, Cancelled));
        Assert.Equal(UserAddition.KeyTaken, await users.AddAsync(NewUser(NewEmail()), same, Cancelled));
    }

    [Fact]
    public async Task A_key_that_the_version_before_wrote_is_recognised()
    {
        var userdb = await OpenDatabaseAsync("userdb");
        await using var users = NewUserStore(userdb);
        var key = KeyOf(new CreateUserRequest());
        var id = Guid.NewGuid();
        await CountAsync(
            userdb,
            """
            with added as (insert into idempotency_keys (key, fingerprint, entity_id, created_at) values ($1, '', $2, now()) returning 1)
            select count(*) from added
            """,
            key.Value,
            id);

        Assert.Equal(id, (await IdempotencyStore.FindAsync(userdb, key, Cancelled))?.EntityId);
        Assert.Equal(UserAddition.KeyTaken, await users.AddAsync(NewUser(NewEmail()), key, Cancelled));
    }

    [Fact]
    public async Task The_purge_deletes_expired_keys_only_and_at_most_its_limit()
    {
        var userdb = await OpenDatabaseAsync("userdb");
        var now = DateTimeOffset.UtcNow;
        var prefix = Guid.NewGuid().ToString();
        await CountAsync(
            userdb,
            """
            with added as (
              insert into idempotency_keys (key, fingerprint, entity_id, created_at)
              select $1 || n, '', gen_random_uuid(), $2 - n * interval '1 hour' from generate_series(1, 10) as n
              returning 1)
            select count(*) from added
            """,
            prefix,
            now);

        Assert.Equal(2, await IdempotencyStore.PurgeAsync(userdb, TimeSpan.FromHours(5.5), limit: 2, Cancelled));
        Assert.Equal(3, await IdempotencyStore.PurgeAsync(userdb, TimeSpan.FromHours(5.5), limit: 100, Cancelled));
        Assert.Equal(5, await CountAsync(userdb, "select count(*) from idempotency_keys where starts_with(key, $1)", prefix));
    }

    private static UserStore NewUserStore(NpgsqlDataSource database) => new(database, NewOutbox(database));

    private static OrderStore NewOrderStore(NpgsqlDataSource database) => new(database, NewOutbox(database));

    private static EventOutbox NewOutbox(NpgsqlDataSource database)
    {
        var options = Options.Create(new MessagingOptions { ServiceName = "a-replica" });
        var meters = new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>();
        var telemetry = new MessagingTelemetry(meters, new ConnectionFactory(), options);
        var published = new PublishedTypes([new PublishedType(UserCreated.V1.Name), new PublishedType(OrderPlaced.V1.Name)]);
        var writes = new WriteHealthCheck(database);
        var handOver = new HandOver(database, TimeProvider.System, options);
        return new EventOutbox(database, new OutboxSignal(), handOver, telemetry, TimeProvider.System, published, writes, options);
    }

    private static IdempotencyKey KeyOf(CreateUserRequest request) =>
        IdempotencyKey.From("createUser", Guid.NewGuid().ToString(), caller: null, request, UserJson.Default.CreateUserRequest);

    private static IdempotencyKey KeyOf(PlaceOrderRequest request) =>
        IdempotencyKey.From("placeOrder", Guid.NewGuid().ToString(), caller: null, request, OrderJson.Default.PlaceOrderRequest);

    private static UserResponse NewUser(string email) => new(Guid.CreateVersion7(), "Ada", email, DateTimeOffset.UtcNow);

    private static OrderResponse NewOrder(Guid userId) => new(Guid.CreateVersion7(), userId, [], 0.00m, DateTimeOffset.UtcNow);
}
