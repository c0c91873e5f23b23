using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Diagnostics.CodeAnalysis;

namespace UserOrder.OrderApi.Orders;

/// <summary>Limits the items of a list, in the API's schema too.</summary>
/// <param name="maximum">The most items.</param>
[AttributeUsage(AttributeTargets.Property)]
[method: UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "Only the base class's check reads a Count by reflection.")]
internal sealed class MaxItemsAttribute(int maximum) : MaxLengthAttribute(maximum)
{
    public override bool IsValid(object? value) => value is not ICollection items || items.Count <= Length;
}
