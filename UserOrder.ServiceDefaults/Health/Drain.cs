using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace UserOrder.ServiceDefaults.Health;

/// <summary>
/// Keeps the service serving for a while after SIGTERM, so that no load balancer sends a request to a closed port. Meanwhile the service
/// reports that it is not ready, and each response closes its connection.
/// </summary>
internal sealed class Drain(TimeSpan length, IHostApplicationLifetime lifetime, TimeProvider time) : IHostedLifecycleService, IHealthCheck
{
    /// <summary>The name of the health check.</summary>
    public const string EntryName = "shutdown";

    /// <summary>Why the service is not ready.</summary>
    public const string Reason = "the service is shutting down";

    public bool HasBegun => lifetime.ApplicationStopping.IsCancellationRequested;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken) =>
        Task.FromResult(HasBegun ? HealthCheckResult.Unhealthy(Reason) : HealthCheckResult.Healthy());

    /// <summary>Runs before every <see cref="IHostedService.StopAsync"/>, including the server's.</summary>
    public async Task StoppingAsync(CancellationToken cancellationToken) =>
        await Task.Delay(length, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

internal static class DrainExtensions
{
    private const string Key = "Shutdown:Drain";
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    // Less than the 30 s that container platforms grant between SIGTERM and SIGKILL. Both limits must be extended by the drain.
    private static readonly TimeSpan ToFinish = TimeSpan.FromSeconds(25);

    /// <summary>Drains for <c>Shutdown:Drain</c>. Default: no drain.</summary>
    /// <exception cref="InvalidOperationException">The setting is not a time span from 0 to 5 minutes.</exception>
    public static void AddDrain(this IHostApplicationBuilder builder)
    {
        var length = LengthOf(builder.Configuration[Key]);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = length + ToFinish);
        builder.Services.AddSingleton(services =>
            new Drain(length, services.GetRequiredService<IHostApplicationLifetime>(), services.GetRequiredService<TimeProvider>()));
        builder.Services.AddHostedService(services => services.GetRequiredService<Drain>());
        builder.Services.AddHealthChecks().Add(
            new HealthCheckRegistration(
                Drain.EntryName, services => services.GetRequiredService<Drain>(), failureStatus: null, tags: null));
    }

    public static void UseDrain(this WebApplication app)
    {
        var drain = app.Services.GetRequiredService<Drain>();
        app.Use((context, next) =>
        {
            if (drain.HasBegun)
            {
                // Set late, because the exception handler clears the headers.
                context.Response.OnStarting(() =>
                {
                    context.Response.Headers.Connection = "close";
                    return Task.CompletedTask;
                });
            }

            return next(context);
        });
    }

    private static TimeSpan LengthOf(string? setting) =>
        TimeSpan.TryParse(setting ?? "0", CultureInfo.InvariantCulture, out var length) && length >= TimeSpan.Zero && length <= Longest
            ? length
            : throw new InvalidOperationException($"{Key} must be a time span from 00:00:00 to 00:05:00, not '{setting}'.");
}
