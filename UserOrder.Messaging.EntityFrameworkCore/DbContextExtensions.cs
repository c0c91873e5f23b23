using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Npgsql;
using Npgsql.EntityFrameworkCore.PostgreSQL.Infrastructure;
using UserOrder.Messaging;
using UserOrder.Messaging.Consumer;
using UserOrder.Messaging.EntityFrameworkCore;
using UserOrder.Messaging.Outbox;

namespace Microsoft.Extensions.Hosting;

/// <summary>Registers a context of Entity Framework Core that announces events and takes part in the transaction of a handler.</summary>
public static class DbContextExtensions
{
    /// <summary>
    /// Adds a scoped context on the database of <see cref="DatabaseExtensions.AddPostgresDatabase"/>. Each <c>SaveChanges</c> has a
    /// transaction, and a commit that holds events wakes the relay. In the scope of an <see cref="IScopedEventHandler{TData}"/> the context
    /// is in the event's transaction: it has no retries and no savepoints of its own, what is unsaved after the handler is saved, and the
    /// caller commits.
    /// </summary>
    /// <typeparam name="TContext">The context, whose constructor takes its <see cref="DbContextOptions{TContext}"/>.</typeparam>
    /// <param name="builder">The builder of <see cref="MessagingExtensions.AddMessaging"/>.</param>
    /// <param name="npgsql">Settings of the provider, such as <c>EnableRetryOnFailure</c>.</param>
    /// <param name="options">Other settings of the context. The database is set already.</param>
    public static MessagingBuilder AddDbContext<TContext>(
        this MessagingBuilder builder,
        Action<NpgsqlDbContextOptionsBuilder>? npgsql = null,
        Action<IServiceProvider, DbContextOptionsBuilder>? options = null)
        where TContext : DbContext
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        services.TryAddScoped<CurrentEvent>();
        services.TryAddScoped<EventContexts>();
        services.TryAddSingleton(provider => new OwnTransactionInterceptor(
            provider.GetRequiredService<EventOutbox>(),
            provider.GetRequiredService<OutboxSignal>(),
            provider.GetRequiredService<WriteHealthCheck>()));
        if (!services.Any(service => service.ImplementationType == typeof(SaveChangesFilter)))
        {
            // The first filter is the outermost, so it also saves what other filters change.
            services.Insert(0, ServiceDescriptor.Scoped<IEventFilter, SaveChangesFilter>());
        }

        // The framework keeps this registration of the context, and adds only its options.
        var create = ActivatorUtilities.CreateFactory<TContext>([]);
        services.AddScoped(provider => Enlist(create(provider, []), provider));
        services.AddDbContext<TContext>(
            (provider, built) =>
            {
                Configure(built, provider, npgsql);
                options?.Invoke(provider, built);
            },
            ServiceLifetime.Scoped,
            ServiceLifetime.Scoped);
        return builder;
    }

    private static void Configure(
        DbContextOptionsBuilder options, IServiceProvider provider, Action<NpgsqlDbContextOptionsBuilder>? npgsql)
    {
        if (TransactionOf(provider) is { } transaction)
        {
            options.UseNpgsql(transaction.Connection, built =>
            {
                npgsql?.Invoke(built);

                // A strategy that retries refuses a transaction that it has not begun. The consumer retries the event.
                built.ExecutionStrategy(dependencies => new NonRetryingExecutionStrategy(dependencies));
            });
            options.AddInterceptors(new EventInterceptor(provider.GetRequiredService<EventOutbox>(), transaction));
        }
        else
        {
            options.UseNpgsql(provider.GetRequiredService<NpgsqlDataSource>(), npgsql);
            options.AddInterceptors(provider.GetRequiredService<OwnTransactionInterceptor>());
        }
    }

    private static TContext Enlist<TContext>(TContext context, IServiceProvider provider)
        where TContext : DbContext
    {
        if (TransactionOf(provider) is { } transaction)
        {
            context.Database.UseTransaction(transaction.Transaction);
            context.Database.AutoSavepointsEnabled = false;
            provider.GetRequiredService<EventContexts>().Created.Add(context);
        }
        else
        {
            // The commit of a lone statement would not be seen, so neither would a standby that lacks it.
            context.Database.AutoTransactionBehavior = AutoTransactionBehavior.Always;
        }

        return context;
    }

    private static OutboxTransaction? TransactionOf(IServiceProvider provider) =>
        provider.GetRequiredService<CurrentEvent>().ContextIfAny?.Transaction;
}
