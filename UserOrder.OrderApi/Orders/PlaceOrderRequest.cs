using System.ComponentModel.DataAnnotations;
using UserOrder.ApiDefaults.Validation;

namespace UserOrder.OrderApi.Orders;

/// <summary>The order to place.</summary>
public sealed record PlaceOrderRequest
{
    /// <summary>The user who orders.</summary>
    [Required]
    [NotEmpty]
    public Guid UserId { get; init; }

    /// <summary>The ordered items, at most 100; an order may have none.</summary>
    [MaxItems(100)]
    [NoNulls]
    public IReadOnlyList<OrderItem>? Items { get; init; }
}

/// <summary>One line of an order.</summary>
public sealed record OrderItem
{
    /// <summary>The article: 1 to 64 characters, no control characters.</summary>
    [Required]
    [Characters(64, MinimumLength = 1)]
    [RegularExpression(@"[^\p{Cc}]*", ErrorMessage = "The sku must not have control characters.")]
    public string Sku { get; init; } = "";

    /// <summary>1 to 1000 pieces.</summary>
    [Required]
    [Range(1, 1000)]
    public int Quantity { get; init; }

    /// <summary>The price of one piece, 0 to 999,999,999.99, with at most two decimals.</summary>
    /// <remarks>Null is a missing price, which must not become 0; no order has one.</remarks>
    [Required]
    [Range(0, 999_999_999.99)]
    [Decimals(2)]
    public decimal? UnitPrice { get; init; }
}
