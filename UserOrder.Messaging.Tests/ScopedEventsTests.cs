using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using UserOrder.Messaging.Consumer;
using UserOrder.Messaging.Events;
using UserOrder.Messaging.Outbox;
using UserOrder.Messaging.Testing;

namespace UserOrder.Messaging.Tests;

public sealed class ScopedEventsTests : IAsyncDisposable
{
    private const string Queue = "shop.things";

    private readonly ServiceCollection _services = [];
    private readonly List<string> _log = [];

    // Without a server no transaction exists; nothing calls it.
    private readonly OutboxTransaction _transaction = (OutboxTransaction)RuntimeHelpers.GetUninitializedObject(typeof(OutboxTransaction));

    private ServiceProvider? _provider;

    public ScopedEventsTests() => _services.AddSingleton(_log).AddScoped<Store>();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _provider?.DisposeAsync() ?? ValueTask.CompletedTask;

    [Fact]
    public async Task Each_event_has_a_handler_from_a_scope_that_ends_with_it()
    {
        Subscribe();

        await HandleAsync("tea", "coffee");

        Assert.Equal(["handle tea", "end of tea", "handle coffee", "end of coffee"], _log);
    }

    [Fact]
    public async Task The_first_filter_runs_outermost()
    {
        Subscribe().Filter<Outer>().Filter<Inner>();

        await HandleAsync("tea");

        Assert.Equal(["outer before", "inner before", "handle tea", "inner after", "outer after", "end of tea"], _log);
    }

    [Fact]
    public async Task Without_a_call_of_next_the_handler_is_skipped()
    {
        Subscribe().Filter<Skip>();

        await HandleAsync("tea", "skipped", "coffee");

        Assert.Equal(["handle tea", "end of tea", "handle coffee", "end of coffee"], _log);
    }

    [Fact]
    public async Task A_failure_passes_the_filters_ends_its_scope_and_stops_the_batch()
    {
        Subscribe().Filter<Outer>();

        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => HandleAsync("broken", "tea"));

        Assert.Equal("broken", exception.Message);
        Assert.Equal(["outer before", "outer failed", "end of broken"], _log);
    }

    [Fact]
    public async Task A_filter_and_a_service_of_the_scope_get_the_event_with_its_transaction()
    {
        Subscribe().Filter<Keep>();
        var contexts = new List<EventContext>();
        _services.AddSingleton(contexts);
        var received = Event("tea");

        await HandlerOf().HandleAsync([received], _transaction, Cancelled);

        Assert.Equal(2, contexts.Count);
        var context = contexts[0];
        Assert.Same(context, contexts[1]);
        Assert.Equal(
            (received.Id, Thing.Happened.Name, "tea", received.Time, received.Data, Queue),
            (context.Id, context.Type, context.Subject, context.Time, context.Data, context.Queue));
        Assert.Same(_transaction, context.Transaction);
    }

    [Fact]
    public async Task A_drained_queue_has_scopes_as_well()
    {
        new MessagingBuilder(_services).DrainScoped<Thing, Handler>(Thing.Happened, Queue);

        await HandleAsync("tea");

        Assert.Equal(["handle tea", "end of tea"], _log);
        Assert.True(_provider!.GetRequiredService<Subscription<Thing>>().Source.IsDrained);
    }

    [Fact]
    public void A_scope_without_an_event_has_no_context()
    {
        Subscribe();
        _provider = _services.BuildServiceProvider();
        using var scope = _provider.CreateScope();

        var exception = Assert.Throws<InvalidOperationException>(() => scope.ServiceProvider.GetRequiredService<EventContext>());

        Assert.Equal("EventContext exists only while an IScopedEventHandler applies an event.", exception.Message);
    }

    [Fact]
    public async Task The_harness_refuses_a_type_that_no_handler_or_more_than_one_subscribes_to()
    {
        Subscribe().SubscribeScoped<Thing, Handler>(Thing.Happened, "shop.more");
        _services.AddSingleton(TimeProvider.System);
        var harness = new HandlerHarness(_provider = _services.BuildServiceProvider());
        var other = Thing.Happened with { Name = "thing.other.v1" };
        var tea = new Thing("tea");

        await AssertRefusedAsync("2 handlers subscribe to thing.happened.v1;", harness.HandleAsync(Thing.Happened, tea, Cancelled));
        await AssertRefusedAsync("0 handlers subscribe to thing.other.v1;", harness.HandleAsync(other, tea, Cancelled));
        await AssertRefusedAsync(
            "0 handlers subscribe to thing.happened.v1 on shop.none;",
            harness.HandleAsync(Thing.Happened, [Event("tea")], "shop.none", Cancelled));
    }

    private static async Task AssertRefusedAsync(string start, Task<HandledEvents> handling) => Assert.StartsWith(
        start, (await Assert.ThrowsAsync<InvalidOperationException>(() => handling)).Message, StringComparison.Ordinal);

    private MessagingBuilder Subscribe() => new MessagingBuilder(_services).SubscribeScoped<Thing, Handler>(Thing.Happened, Queue);

    private Task HandleAsync(params string[] names) =>
        HandlerOf().HandleAsync([.. names.Select(Event)], _transaction, Cancelled);

    private IEventHandler<Thing> HandlerOf()
    {
        _provider = _services.BuildServiceProvider(validateScopes: true);
        return _provider.GetRequiredService<Subscription<Thing>>().Handler;
    }

    private static ReceivedEvent<Thing> Event(string name) => new(Guid.CreateVersion7(), name, DateTimeOffset.UnixEpoch, new Thing(name));

    private sealed class Store(EventContext context, List<string> log) : IDisposable
    {
        public EventContext Context => context;

        public void Dispose() => log.Add($"end of {context.Subject}");
    }

    private sealed class Handler(Store store, List<string> log) : IScopedEventHandler<Thing>
    {
        public Task HandleAsync(ReceivedEvent<Thing> received, OutboxTransaction transaction, CancellationToken cancellationToken)
        {
            Assert.Equal(received.Id, store.Context.Id);
            if (received.Data.Name == "broken")
            {
                throw new InvalidOperationException("broken");
            }

            log.Add($"handle {received.Data.Name}");
            return Task.CompletedTask;
        }
    }

    private abstract class Logged(string name, List<string> log) : IEventFilter
    {
        public async Task InvokeAsync(EventContext context, Func<Task> next, CancellationToken cancellationToken)
        {
            log.Add($"{name} before");
            try
            {
                await next();
                log.Add($"{name} after");
            }
            catch
            {
                log.Add($"{name} failed");
                throw;
            }
        }
    }

    private sealed class Outer(List<string> log) : Logged("outer", log);

    private sealed class Inner(List<string> log) : Logged("inner", log);

    private sealed class Skip : IEventFilter
    {
        public Task InvokeAsync(EventContext context, Func<Task> next, CancellationToken cancellationToken) =>
            context.Data is Thing { Name: "skipped" } ? Task.CompletedTask : next();
    }

    private sealed class Keep(Store store, List<EventContext> contexts) : IEventFilter
    {
        public Task InvokeAsync(EventContext context, Func<Task> next, CancellationToken cancellationToken)
        {
            contexts.AddRange([context, store.Context]);
            return next();
        }
    }
}
