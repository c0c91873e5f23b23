using System.Diagnostics;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using UserOrder.Messaging.Broker;
using UserOrder.Messaging.DeadLetters;
using UserOrder.Messaging.Outbox;
using UserOrder.Messaging.Pausing;
using UserOrder.Messaging.Resilience;
using UserOrder.Messaging.Settings;
using UserOrder.Messaging.Telemetry;

namespace UserOrder.Messaging.AspNetCore.Operators;

/// <summary>Collects the state that other components keep. It asks neither the database nor the broker.</summary>
internal sealed class StatusReader(
    IServiceProvider services,
    Circuits circuits,
    OutboxBacklog outbox,
    IEnumerable<SubscribedQueue> subscribed,
    ConsumedQueues queues,
    DeadLetterCounts deadLetters,
    FlowMeter flow,
    PauseWatch pauses,
    TimeProvider time,
    IOptions<MessagingOptions> options)
{
    private static readonly string Version =
        (Assembly.GetEntryAssembly() ?? typeof(StatusReader).Assembly)
            .GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    private static readonly DateTimeOffset Started = ReadStart();

    private readonly MessagingOptions _options = options.Value;

    public OperatorStatus Read()
    {
        // The host registers its latest report; a service without health checks has none.
        var health = services.GetService<HealthReport>();
        var counts = deadLetters.Latest?.ToDictionary(count => count.Queue, count => count.Count);
        return new OperatorStatus(
            _options.ServiceName,
            Version,
            Environment.MachineName,
            Started,
            time.ReadWallClock(),
            health is null ? null : ReadHealth(health),
            [.. circuits.All.Select(circuit => new CircuitState(circuit.Name, circuit.State.ToText(), circuit.Since))],
            new OutboxState(
                _options.Exchange,
                outbox.Rows,
                Round(outbox.Age.TotalSeconds),
                outbox.IsFull,
                outbox.IsStalled,
                flow.Written,
                flow.Sent,
                pauses.Relay.State),
            [.. subscribed.Select(queue => ReadQueue(queue, counts))],
            _options.TraceUrl);
    }

    private QueueState ReadQueue(SubscribedQueue subscription, Dictionary<string, long>? deadLetterCounts)
    {
        var queue = queues.Of(subscription.Name);
        var latest = queue.LatestCount;
        var lags = flow.AppliedFrom(subscription.Name);
        return new QueueState(
            subscription.Name,
            subscription.EventType,
            latest?.Ready,
            queue.Held,
            latest?.Consumers,
            Round(queue.Stalled.TotalSeconds),
            deadLetterCounts is not null && deadLetterCounts.TryGetValue(subscription.Name, out var count) ? count : null,
            lags.Applied,
            lags.P50,
            lags.P99,
            pauses.Of(subscription.Name).State);
    }

    private static HealthState ReadHealth(HealthReport report) => new(
        report.Status.ToString(),
        [.. report.Entries.OrderBy(entry => entry.Key, StringComparer.Ordinal)
            .Select(entry => new HealthCheckState(entry.Key, entry.Value.Status.ToString(), entry.Value.Description))]);

    private static double Round(double seconds) => Math.Round(seconds, 1);

    private static DateTimeOffset ReadStart()
    {
        using var process = Process.GetCurrentProcess();
        return process.StartTime.ToUniversalTime();
    }
}
