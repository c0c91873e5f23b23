using System.Collections.Frozen;

namespace UserOrder.Messaging.Broker;

/// <summary>The event types that the service publishes.</summary>
internal sealed class PublishedTypes(IEnumerable<PublishedType> types)
{
    private readonly FrozenSet<string> _names = types.Select(type => type.Name).ToFrozenSet();

    public bool Contains(string name) => _names.Contains(name);
}
