using System.ComponentModel.DataAnnotations;
using System.Globalization;

namespace UserOrder.ApiDefaults.Validation;

/// <summary>Limits the decimals of an amount; trailing zeros do not count.</summary>
/// <param name="places">The most decimals.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class DecimalsAttribute(int places) : ValidationAttribute("The field {0} must have at most {1} decimals.")
{
    /// <summary>The most decimals.</summary>
    public int Places => places;

    /// <inheritdoc/>
    public override bool IsValid(object? value) => value is not decimal amount || decimal.Round(amount, Places) == amount;

    /// <inheritdoc/>
    public override string FormatErrorMessage(string name) => string.Format(CultureInfo.InvariantCulture, ErrorMessageString, name, Places);
}
