using System.Diagnostics;
using OpenTelemetry;

namespace UserOrder.ServiceDefaults.Telemetry;

/// <summary>Keeps the requests of liveness and readiness probes out of the traces, which they would fill several times a minute.</summary>
internal sealed class ProbeFilter : BaseProcessor<Activity>
{
    public override void OnEnd(Activity data)
    {
        if (data.Kind == ActivityKind.Server && data.GetTagItem("url.path") is "/alive" or "/health")
        {
            data.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
        }
    }
}
