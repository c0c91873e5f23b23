using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using RabbitMQ.Client;
using UserOrder.Messaging.Settings;
using UserOrder.Messaging.Telemetry;

namespace UserOrder.Messaging.Tests;

public sealed class FlowMeterTests : IDisposable
{
    private readonly MessagingTelemetry _telemetry = CreateTelemetry();
    private readonly FlowMeter _flow;

    public FlowMeterTests() => _flow = new FlowMeter(_telemetry, TimeProvider.System);

    [Fact]
    public void It_counts_what_requests_write_and_the_broker_confirms()
    {
        _telemetry.RecordBatch(MessagingTelemetry.WriteStage, 3);
        _telemetry.RecordBatch(MessagingTelemetry.RelayStage, 50);
        _telemetry.Sent.Add(2);
        _telemetry.Sent.Add(7, new KeyValuePair<string, object?>("error.type", "nack"));

        Assert.Equal((3, 2), (_flow.Written, _flow.Sent));
    }

    [Fact]
    public void It_counts_the_applied_events_of_each_queue_and_of_this_host_only()
    {
        Apply(_telemetry, "things", 0.5);
        Apply(_telemetry, "things", 0.5);
        Apply(_telemetry, "others", 2);
        Apply(CreateTelemetry(), "things", 9);

        Assert.Equal(2, _flow.AppliedFrom("things").Applied);
        Assert.InRange(_flow.AppliedFrom("things").P99!.Value, 0.5, 0.6);
        Assert.Equal(1, _flow.AppliedFrom("others").Applied);
        Assert.Equal(0, _flow.AppliedFrom("unknown").Applied);
    }

    public void Dispose() => _flow.Dispose();

    private static void Apply(MessagingTelemetry telemetry, string queue, double lag) =>
        telemetry.Lag.Record(lag, new KeyValuePair<string, object?>("userorder.queue", queue));

    private static MessagingTelemetry CreateTelemetry() => new(
        new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>(),
        new ConnectionFactory(),
        Options.Create(new MessagingOptions()));
}
