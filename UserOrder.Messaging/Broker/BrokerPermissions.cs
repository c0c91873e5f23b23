using System.Text.RegularExpressions;

namespace UserOrder.Messaging.Broker;

/// <summary>
/// What a service's user may do at the broker, as the patterns that RabbitMQ matches names with:
/// https://www.rabbitmq.com/docs/access-control#authorisation.
/// </summary>
/// <param name="Configure">What it may declare and delete: its queues, and the exchange of the same name that leads to each.</param>
/// <param name="Write">What it may publish to and bind.</param>
/// <param name="Read">What it may consume from and bind to.</param>
/// <param name="TopicWrite">The event types that it may publish.</param>
/// <param name="TopicRead">The event types that it may bind a queue to.</param>
internal sealed record BrokerPermissions(string Configure, string Write, string Read, string TopicWrite, string TopicRead)
{
    public static BrokerPermissions Of(string exchange, IReadOnlyCollection<SubscribedQueue> queues, IEnumerable<PublishedType> published)
    {
        string[] own = [.. queues.SelectMany(queue => new[] { queue.Name, Topology.DeadLettersOf(queue.Name) })];
        var used = OneOf([exchange, .. own]);
        return new BrokerPermissions(
            OneOf(own),
            used,
            used,
            OneOf(published.Select(type => type.Name)),
            OneOf(queues.Select(queue => queue.EventType)));
    }

    /// <summary>A pattern that matches these names and no others; none where there are none.</summary>
    private static string OneOf(IEnumerable<string> names) => $"^({string.Join('|', names.Distinct().Select(Regex.Escape))})$";
}
