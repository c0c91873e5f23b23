using System.ComponentModel.DataAnnotations;

namespace UserOrder.ApiDefaults.Validation;

/// <summary>Refuses the UUID of zeros, which is also what a missing one reads as.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class NotEmptyAttribute() : ValidationAttribute("The field {0} must be a UUID other than the one of zeros.")
{
    /// <inheritdoc/>
    public override bool IsValid(object? value) => value is Guid id && id != Guid.Empty;
}
