using System.Text.RegularExpressions;

namespace UserOrder.Messaging.Broker;

/// <summary>
/// The permissions of a service's broker user, as regular expressions that RabbitMQ matches with names:
/// https://www.rabbitmq.com/docs/access-control#authorisation.
/// </summary>
/// <param name="Configure">The queues that the user may declare and delete, and the exchanges of the same names.</param>
/// <param name="Write">The exchanges that the user may publish to, and the queues that it may bind.</param>
/// <param name="Read">The queues that the user may consume from, and the exchanges that it may bind to.</param>
/// <param name="TopicWrite">The event types that the user may publish.</param>
/// <param name="TopicRead">The event types that the user may bind a queue to.</param>
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

    /// <summary>A pattern that matches only these names. Without names, it matches none.</summary>
    private static string OneOf(IEnumerable<string> names) => $"^({string.Join('|', names.Distinct().Select(Regex.Escape))})$";
}
