using System.Text.Json.Serialization.Metadata;

namespace UserOrder.Messaging.Idempotency;

/// <summary>A request that a client may repeat.</summary>
/// <param name="operation">The operation's name. The same key of another operation is another key.</param>
/// <param name="header">The value of the request header <c>Idempotency-Key</c>; null where the request has none.</param>
/// <param name="caller">The authenticated caller; null where callers are not authenticated. The same key of another caller is another key.</param>
/// <param name="body">The request as it was read.</param>
/// <param name="json">How the body is written for its fingerprint; source-generated.</param>
public sealed class IdempotentRequest<TBody>(string operation, string? header, string? caller, TBody body, JsonTypeInfo<TBody> json)
{
    /// <summary>The request's key; null where it has none.</summary>
    /// <exception cref="ArgumentException">The header is no key.</exception>
    internal IdempotencyKey? ReadKey() => header is null ? null : IdempotencyKey.From(operation, header, caller, body, json);
}
