namespace UserOrder.Tests.Faults;

/// <summary>The names that the services agree on.</summary>
internal static class Queues
{
    public const string Exchange = "user-order.events";

    /// <summary>Each event type and the queue that it arrives in.</summary>
    public static readonly IReadOnlyDictionary<string, string> ByType = new Dictionary<string, string>
    {
        ["user.created.v1"] = "order-api.user-created",
        ["order.placed.v1"] = "user-api.order-placed",
    };
}
