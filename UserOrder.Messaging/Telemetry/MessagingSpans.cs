using System.Diagnostics;
using RabbitMQ.Client;

namespace UserOrder.Messaging.Telemetry;

/// <summary>Starts the spans of the reliable path, following OpenTelemetry's conventions for messaging, RabbitMQ and databases.</summary>
/// <remarks>
/// https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/ and
/// https://opentelemetry.io/docs/specs/semconv/database/database-spans/.
/// </remarks>
internal static class MessagingSpans
{
    private static readonly ActivitySource Source = new(MessagingTelemetry.Name);

    /// <summary>False if no listener is registered, so that callers can skip the preparation of a span.</summary>
    public static bool AreWanted => Source.HasListeners();

    /// <summary>Starts the span of a request's share of a group commit, from its arrival to the commit.</summary>
    /// <param name="summary">The operation and its table, such as <c>INSERT users</c>.</param>
    public static Activity? StartWrite(string summary)
    {
        var activity = Source.StartActivity(summary, ActivityKind.Client);
        return activity is { IsAllDataRequested: true }
            ? activity.SetTag("db.system.name", "postgresql").SetTag("db.query.summary", summary)
            : activity;
    }

    /// <summary>Starts the span of a publish, in the trace of the request that wrote the event.</summary>
    public static Activity? StartPublish(
        string destination, string type, Guid messageId, int bodySize, ActivityContext origin, AmqpTcpEndpoint? broker)
    {
        var activity = Source.StartActivity($"publish {destination}", ActivityKind.Producer, origin);
        if (activity is { IsAllDataRequested: true })
        {
            Describe(activity, "publish", "send", destination, broker)
                .SetTag("messaging.rabbitmq.destination.routing_key", type)
                .SetTag("messaging.message.id", messageId.ToString())
                .SetTag("messaging.message.body.size", bodySize);
        }

        return Detach(activity);
    }

    public static Activity? StartProcess(
        string name,
        string destination,
        string? messageId,
        int bodySize,
        ulong deliveryTag,
        ActivityContext parent,
        AmqpTcpEndpoint? broker)
    {
        var activity = Source.StartActivity(name, ActivityKind.Consumer, parent);
        if (activity is { IsAllDataRequested: true })
        {
            Describe(activity, "process", "process", destination, broker)
                .SetTag("messaging.message.id", messageId)
                .SetTag("messaging.message.body.size", bodySize)
                .SetTag("messaging.rabbitmq.message.delivery_tag", (long)deliveryTag);
        }

        return Detach(activity);
    }

    /// <summary>Starts the span of a batch. It belongs to no message's trace, and links to the messages that are traced.</summary>
    public static Activity? StartBatch(string name, string destination, IEnumerable<Activity> messages, int count, AmqpTcpEndpoint? broker)
    {
        var links = messages.Select(message => new ActivityLink(message.Context));
        var activity = Source.StartActivity(name, ActivityKind.Consumer, parentContext: default, links: links);
        if (activity is { IsAllDataRequested: true })
        {
            Describe(activity, "process", "process", destination, broker).SetTag("messaging.batch.message_count", count);
        }

        return activity;
    }

    /// <summary>Marks a span as failed. It omits the exception's message, which may quote a client's data.</summary>
    /// <returns>False, so that an exception filter can call it and let the exception pass.</returns>
    public static bool Fail(Activity? activity, Exception exception)
    {
        activity?.SetTag("error.type", exception.GetType().FullName).SetStatus(ActivityStatusCode.Error);
        return false;
    }

    /// <summary>The tags that the spans and metrics of an operation share.</summary>
    public static TagList Tags(string operation, string destination, AmqpTcpEndpoint? broker)
    {
        var tags = new TagList
        {
            { "messaging.system", "rabbitmq" },
            { "messaging.operation.name", operation },
            { "messaging.destination.name", destination },
        };
        if (broker is not null)
        {
            tags.Add("server.address", broker.HostName);
            tags.Add("server.port", broker.Port);
        }

        return tags;
    }

    private static Activity Describe(Activity activity, string operation, string operationType, string destination, AmqpTcpEndpoint? broker)
    {
        foreach (var (name, value) in Tags(operation, destination, broker))
        {
            activity.SetTag(name, value);
        }

        return activity.SetTag("messaging.operation.type", operationType);
    }

    /// <summary>
    /// Resets the current span. The spans of a batch run side by side, so the next one must not become a child of this one.
    /// </summary>
    private static Activity? Detach(Activity? activity)
    {
        Activity.Current = null;
        return activity;
    }
}
