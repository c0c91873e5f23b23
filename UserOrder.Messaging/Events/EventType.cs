using System.Text.Json.Serialization.Metadata;

namespace UserOrder.Messaging.Events;

/// <summary>One version of a kind of event: its name on the wire and its JSON.</summary>
/// <typeparam name="TData">The content of the event's <c>data</c>. A reader's type may omit properties that it does not need.</typeparam>
/// <param name="Name">
/// The CloudEvents <c>type</c> and the routing key, <c>entity.happened.vN</c>. Within a version, only optional fields may be added.
/// </param>
/// <param name="Json">The source-generated JSON metadata of <typeparamref name="TData"/>, which ahead-of-time compilation requires.</param>
public sealed record EventType<TData>(string Name, JsonTypeInfo<TData> Json)
{
    /// <summary>The CloudEvents <c>dataschema</c>: the URI that identifies the schema of the content.</summary>
    internal string Schema { get; } = CloudEvent.SchemaOf(Name);
}
