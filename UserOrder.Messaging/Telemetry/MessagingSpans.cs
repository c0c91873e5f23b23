using System.Diagnostics;
using RabbitMQ.Client;

namespace UserOrder.Messaging.Telemetry;

/// <summary>The spans of the reliable path, by OpenTelemetry's conventions for messaging, RabbitMQ and databases.</summary>
/// <remarks>
/// https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/ and
/// https://opentelemetry.io/docs/specs/semconv/database/database-spans/.
/// </remarks>
internal static class MessagingSpans
{
    private static readonly ActivitySource Source = new(MessagingTelemetry.Name);

    /// <summary>False where nobody listens: then nothing is to be prepared for a span.</summary>
    public static bool AreWanted => Source.HasListeners();

    /// <summary>A request's share of a group commit: from its arrival to the commit.</summary>
    /// <param name="summary">The operation and its table, such as <c>INSERT users</c>.</param>
    public static Activity? StartWrite(string summary)
    {
        var activity = Source.StartActivity(summary, ActivityKind.Client);
        return activity is { IsAllDataRequested: true }
            ? activity.SetTag("db.system.name", "postgresql").SetTag("db.query.summary", summary)
            : activity;
    }

    /// <summary>A message's way to the broker, in the trace that it was written in.</summary>
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

        return Detached(activity);
    }

    public static Activity? StartProcess(
        string name, string destination, string? messageId, int bodySize, ulong deliveryTag, ActivityContext parent, AmqpTcpEndpoint? broker)
    {
        var activity = Source.StartActivity(name, ActivityKind.Consumer, parent);
        if (activity is { IsAllDataRequested: true })
        {
            Describe(activity, "process", "process", destination, broker)
                .SetTag("messaging.message.id", messageId)
                .SetTag("messaging.message.body.size", bodySize)
                .SetTag("messaging.rabbitmq.message.delivery_tag", (long)deliveryTag);
        }

        return Detached(activity);
    }

    /// <summary>The span of a batch, which belongs to no message's trace and links to those that are traced.</summary>
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

    /// <summary>Marks what the span stands for as failed. An exception's message stays out: it may quote what a client sent.</summary>
    /// <returns>False, so that it fits an exception filter.</returns>
    public static bool Fail(Activity? activity, Exception exception)
    {
        activity?.SetTag("error.type", exception.GetType().FullName).SetStatus(ActivityStatusCode.Error);
        return false;
    }

    /// <summary>What spans and metrics of an operation have in common.</summary>
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

    /// <summary>Starting a span makes it the current one. These run side by side, and the next one is not a child of the last.</summary>
    private static Activity? Detached(Activity? activity)
    {
        Activity.Current = null;
        return activity;
    }
}
