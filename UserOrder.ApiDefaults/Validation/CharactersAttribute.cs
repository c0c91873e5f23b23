using System.ComponentModel.DataAnnotations;

namespace UserOrder.ApiDefaults.Validation;

/// <summary>Limits a text's Unicode characters, as JSON schema counts them, not its UTF-16 units: an emoji counts as one.</summary>
/// <param name="maximum">The most characters.</param>
/// <remarks>https://json-schema.org/draft/2020-12/json-schema-validation#section-6.3.1.</remarks>
[AttributeUsage(AttributeTargets.Property)]
public sealed class CharactersAttribute(int maximum) : StringLengthAttribute(maximum)
{
    /// <inheritdoc/>
    public override bool IsValid(object? value) =>
        value is not string text || text.EnumerateRunes().Count() is var count && count >= MinimumLength && count <= MaximumLength;
}
