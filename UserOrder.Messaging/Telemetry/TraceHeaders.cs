using System.Diagnostics;
using System.Text;

namespace UserOrder.Messaging.Telemetry;

/// <summary>Writes and reads the W3C trace context in AMQP headers, following OpenTelemetry's messaging conventions.</summary>
internal static class TraceHeaders
{
    public const string TraceParent = "traceparent";
    public const string TraceState = "tracestate";

    /// <summary>Headers with the context of the publish span, or with the origin's context if the publish is not traced.</summary>
    public static Dictionary<string, object?>? For(Activity? publish, string? traceParent, string? traceState)
    {
        var parent = publish?.Id ?? traceParent;
        if (parent is null)
        {
            return null;
        }

        var headers = new Dictionary<string, object?> { [TraceParent] = parent };
        if ((publish?.TraceStateString ?? traceState) is { Length: > 0 } state)
        {
            headers[TraceState] = state;
        }

        return headers;
    }

    /// <summary>The trace context of a message; the default if the message has no valid one.</summary>
    public static ActivityContext Read(IDictionary<string, object?>? headers) =>
        ActivityContext.TryParse(Text(headers, TraceParent), Text(headers, TraceState), isRemote: true, out var context)
            ? context
            : default;

    private static string? Text(IDictionary<string, object?>? headers, string name) =>
        headers?.TryGetValue(name, out var value) == true && value is byte[] bytes ? Encoding.UTF8.GetString(bytes) : null;
}
