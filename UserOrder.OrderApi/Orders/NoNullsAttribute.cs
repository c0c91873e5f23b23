using System.Collections;
using System.ComponentModel.DataAnnotations;

namespace UserOrder.OrderApi.Orders;

/// <summary>Refuses a list that contains null, which JSON allows and the element's type does not.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class NoNullsAttribute() : ValidationAttribute("The field {0} must not contain null.")
{
    public override bool IsValid(object? value) => value is not IEnumerable items || items.Cast<object?>().All(item => item is not null);
}
