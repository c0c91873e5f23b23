using System.Text.Json.Serialization.Metadata;

namespace UserOrder.Messaging.Events;

/// <summary>One version of one kind of event, as it is named on the wire.</summary>
/// <typeparam name="TData">What the event's <c>data</c> holds. A reader's type may leave out what it does not need.</typeparam>
/// <param name="Name">
/// The CloudEvents <c>type</c> and the routing key: <c>entity.happened.vN</c>. The version is part of it; within a version only optional
/// fields are added.
/// </param>
/// <param name="Json">How <typeparamref name="TData"/> is read and written; source-generated, so that it works ahead of time.</param>
public sealed record EventType<TData>(string Name, JsonTypeInfo<TData> Json)
{
    /// <summary>The CloudEvents <c>dataschema</c>: the stable name of the content's schema.</summary>
    internal string Schema { get; } = CloudEvent.SchemaOf(Name);
}
