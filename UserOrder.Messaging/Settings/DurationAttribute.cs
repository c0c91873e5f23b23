using System.ComponentModel.DataAnnotations;
using System.Globalization;

namespace UserOrder.Messaging.Settings;

/// <summary>Validates that a time span lies between two bounds.</summary>
/// <param name="minimum">The shortest, as <c>hh:mm:ss.fff</c>.</param>
/// <param name="maximum">The longest, as <c>d.hh:mm:ss</c>.</param>
/// <remarks>
/// <see cref="RangeAttribute"/> finds a type's converter by reflection, which ahead-of-time compilation does not support.
/// </remarks>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class DurationAttribute(string minimum, string maximum) : ValidationAttribute("The field {0} must be between {1} and {2}.")
{
    public override bool IsValid(object? value) =>
        value is not TimeSpan duration ||
        (duration >= TimeSpan.Parse(minimum, CultureInfo.InvariantCulture) &&
            duration <= TimeSpan.Parse(maximum, CultureInfo.InvariantCulture));

    public override string FormatErrorMessage(string name) =>
        string.Format(CultureInfo.InvariantCulture, ErrorMessageString, name, minimum, maximum);
}
