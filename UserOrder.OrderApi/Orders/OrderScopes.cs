namespace UserOrder.OrderApi.Orders;

/// <summary>The scopes of the orders' API.</summary>
internal static class OrderScopes
{
    /// <summary>Read the caller's own orders.</summary>
    public const string Read = "orders:read";

    /// <summary>Place orders for the caller.</summary>
    public const string Write = "orders:write";
}
