namespace UserOrder.Tests.Faults;

/// <summary>The exchange and the queues of the services.</summary>
internal static class Queues
{
    public const string Exchange = "user-order.events";

    /// <summary>The queue of each event type.</summary>
    public static readonly IReadOnlyDictionary<string, string> ByType = new Dictionary<string, string>
    {
        ["user.created.v1"] = "order-api.user-created",
        ["order.placed.v1"] = "user-api.order-placed",
    };
}
