using System.ComponentModel.DataAnnotations;
using UserOrder.Messaging.Idempotency;

namespace UserOrder.Messaging.AspNetCore;

/// <summary>
/// Refuses an invalid value of the request header <c>Idempotency-Key</c>. Use it beside <c>[FromHeader(Name = HeaderName)]</c>.
/// </summary>
/// <remarks>
/// The draft https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/ requires a quoted string of RFC 8941, section
/// 3.3.3. Many clients omit the quotes; both forms of the same characters are the same key.
/// </remarks>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class IdempotencyKeyHeaderAttribute : StringLengthAttribute
{
    /// <summary>The request header.</summary>
    public const string HeaderName = "Idempotency-Key";

    /// <summary>The response header that is <c>true</c> when the response repeats the first one.</summary>
    public const string ReplayedHeaderName = "Idempotency-Replayed";

    /// <summary>The description of the request header in the OpenAPI document.</summary>
    public const string Description =
        "A key that the client generates for this request, such as a UUID, and sends again with each retry within 24 hours. The service " +
        $"carries the request out once; a retry gets the first response again, with the header {ReplayedHeaderName}: true. 1 to 255 " +
        "visible ASCII characters, with or without quotes.";

    /// <summary>The description of the response header in the OpenAPI document.</summary>
    public const string ReplayedDescription = "true when this response repeats the first one to the same idempotency key.";

    /// <summary>Sets the length that the OpenAPI document states, which includes quotes and escapes.</summary>
    public IdempotencyKeyHeaderAttribute()
        : base(2 + (2 * IdempotencyKey.MaxLength))
    {
        MinimumLength = 1;
        ErrorMessage =
            $"The header {HeaderName} must be one key of 1 to 255 visible ASCII characters; a quoted key may contain spaces and commas.";
    }

    /// <inheritdoc/>
    public override bool IsValid(object? value) => value is not string header || IdempotencyKey.Parse(header) is not null;
}
