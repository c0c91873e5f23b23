using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace UserOrder.Messaging.Idempotency;

/// <summary>The key that a client gave its request, and what that request was.</summary>
public sealed class IdempotencyKey
{
    private IdempotencyKey(string value, byte[] fingerprint)
    {
        Value = value;
        Fingerprint = fingerprint;
    }

    /// <summary>
    /// The key without the quotes of the header, 1 to 255 characters of printable ASCII; behind the caller and a tab, which no key has, where
    /// callers are known. The same key of another caller is another key.
    /// </summary>
    public string Value { get; }

    /// <summary>The SHA-256 of the request.</summary>
    /// <remarks>
    /// Of the request as it was read, written again: white space, the order of properties and unknown properties do not count. A property
    /// that is added later must be left out where it is null, or a retry that meets the new version is taken for another request.
    /// </remarks>
    public ReadOnlyMemory<byte> Fingerprint { get; }

    internal static IdempotencyKey From<TRequest>(string header, string? caller, TRequest request, JsonTypeInfo<TRequest> json)
    {
        var value = IdempotencyKeyHeaderAttribute.Parse(header) ??
            throw new ArgumentException($"The header {IdempotencyKeyHeaderAttribute.HeaderName} has not been validated.", nameof(header));
        return new IdempotencyKey(caller is null ? value : $"{caller}\t{value}", SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(request, json)));
    }
}
