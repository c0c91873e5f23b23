using System.Diagnostics;

namespace UserOrder.Messaging.Consumer;

/// <summary>An event that the inbox records.</summary>
/// <param name="Id">The event's id.</param>
/// <param name="Sent">The time at which it was sent.</param>
/// <param name="Subject">The entity that it is about; null if that is no UUID.</param>
/// <param name="TraceId">Its trace; null if that is not recorded.</param>
internal readonly record struct InboxRow(Guid Id, DateTimeOffset Sent, Guid? Subject, Guid? TraceId)
{
    public static InboxRow Of<TData>(IncomingEvent<TData> incoming) => new(
        incoming.Event.Id,
        incoming.Sent,
        Guid.TryParse(incoming.Event.Subject, out var subject) ? subject : null,
        incoming.Activity is { Recorded: true, IdFormat: ActivityIdFormat.W3C } activity
            ? Guid.ParseExact(activity.TraceId.ToHexString(), "N")
            : null);
}
