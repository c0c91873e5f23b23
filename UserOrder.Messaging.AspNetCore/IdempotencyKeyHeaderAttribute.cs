using System.ComponentModel.DataAnnotations;
using UserOrder.Messaging.Idempotency;

namespace UserOrder.Messaging.AspNetCore;

/// <summary>Refuses a value of the request header <c>Idempotency-Key</c> that is no key. Beside <c>[FromHeader(Name = HeaderName)]</c>.</summary>
/// <remarks>
/// By https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/ a string of RFC 8941, section 3.3.3, in quotes. Many
/// clients send it without them; both forms of the same characters are the same key.
/// </remarks>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class IdempotencyKeyHeaderAttribute : StringLengthAttribute
{
    /// <summary>The header of the parameter. The length is what the OpenAPI document states: quotes and escapes count there.</summary>
    public IdempotencyKeyHeaderAttribute()
        : base(2 + (2 * IdempotencyKey.MaxLength))
    {
        MinimumLength = 1;
        ErrorMessage = $"The header {HeaderName} must be one key of 1 to 255 visible ASCII characters; in quotes also with spaces and commas.";
    }

    /// <summary>The request header.</summary>
    public const string HeaderName = "Idempotency-Key";

    /// <summary>The response header that is <c>true</c> where the answer is the first one again.</summary>
    public const string ReplayedHeaderName = "Idempotency-Replayed";

    /// <summary>The header in words, for the OpenAPI document.</summary>
    public const string Description =
        "A key that the client makes up for this request, such as a UUID, and sends again with each retry of it, within 24 hours. The " +
        $"request is carried out once; a retry gets the first answer again, with the header {ReplayedHeaderName}: true. 1 to 255 visible " +
        "ASCII characters, with or without quotes.";

    /// <inheritdoc/>
    public override bool IsValid(object? value) => value is not string header || IdempotencyKey.Parse(header) is not null;
}
