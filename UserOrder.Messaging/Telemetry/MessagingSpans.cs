using System.Diagnostics;
using RabbitMQ.Client;
using UserOrder.Messaging.Consumer;
using UserOrder.Messaging.Outbox;

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

    public static Activity? StartPublish(OutboxMessage message, string destination, AmqpTcpEndpoint? broker)
    {
        // An event without an origin gets no trace of its own making.
        if (!ActivityContext.TryParse(message.TraceParent, message.TraceState, isRemote: false, out var origin))
        {
            return null;
        }

        var activity = Source.StartActivity($"publish {destination}", ActivityKind.Producer, origin);
        if (activity is { IsAllDataRequested: true })
        {
            Describe(activity, "publish", "send", destination, broker)
                .SetTag("messaging.rabbitmq.destination.routing_key", message.Type)
                .SetTag("messaging.message.id", message.Id.ToString())
                .SetTag("messaging.message.body.size", message.Body.Length);
        }

        return Detached(activity);
    }

    public static void EndPublish(Activity? activity, PublishOutcome outcome)
    {
        if (activity is not null && outcome != PublishOutcome.Confirmed)
        {
            activity.SetTag("error.type", ErrorTypeOf(outcome)).SetStatus(ActivityStatusCode.Error, outcome.ToString());
        }

        activity?.Dispose();
    }

    public static Activity? StartProcess(string name, string destination, Delivery delivery, ActivityContext parent, AmqpTcpEndpoint? broker)
    {
        var activity = Source.StartActivity(name, ActivityKind.Consumer, parent);
        if (activity is { IsAllDataRequested: true })
        {
            Describe(activity, "process", "process", destination, broker)
                .SetTag("messaging.message.id", delivery.Properties.MessageId)
                .SetTag("messaging.message.body.size", delivery.Body.Length)
                .SetTag("messaging.rabbitmq.message.delivery_tag", (long)delivery.Tag);
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

    public static string ErrorTypeOf(PublishOutcome outcome) => outcome switch
    {
        PublishOutcome.Rejected => "nack",
        PublishOutcome.Returned => "return",
        _ => "unconfirmed",
    };

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
