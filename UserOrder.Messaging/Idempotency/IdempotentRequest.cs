using System.Text.Json.Serialization.Metadata;

namespace UserOrder.Messaging.Idempotency;

/// <summary>A request that a client may repeat.</summary>
/// <param name="operation">The operation's name. Each operation has its own keys.</param>
/// <param name="header">The value of the request header <c>Idempotency-Key</c>; null if the request has none.</param>
/// <param name="caller">The authenticated caller; null if callers are not authenticated. Each caller has its own keys.</param>
/// <param name="body">The parsed request.</param>
/// <param name="json">The source-generated JSON metadata that serializes the body for its fingerprint.</param>
public sealed class IdempotentRequest<TBody>(string operation, string? header, string? caller, TBody body, JsonTypeInfo<TBody> json)
{
    /// <summary>Reads the request's key; returns null if it has none.</summary>
    /// <exception cref="ArgumentException">The header is not a valid key.</exception>
    internal IdempotencyKey? ReadKey() => header is null ? null : IdempotencyKey.From(operation, header, caller, body, json);
}
