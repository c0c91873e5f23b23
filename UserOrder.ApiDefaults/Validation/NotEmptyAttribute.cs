using System.ComponentModel.DataAnnotations;

namespace UserOrder.ApiDefaults.Validation;

/// <summary>Refuses the empty UUID, which is also the value of a missing one.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class NotEmptyAttribute() : ValidationAttribute("The field {0} must be a non-empty UUID.")
{
    /// <inheritdoc/>
    public override bool IsValid(object? value) => value is Guid id && id != Guid.Empty;
}
