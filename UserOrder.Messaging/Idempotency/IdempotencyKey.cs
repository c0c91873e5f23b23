using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace UserOrder.Messaging.Idempotency;

/// <summary>The idempotency key of a client's request, with the fingerprint of that request.</summary>
public sealed class IdempotencyKey
{
    internal const int MaxLength = 255;

    private IdempotencyKey(string operation, string value, byte[] fingerprint)
    {
        Operation = operation;
        Value = value;
        Fingerprint = fingerprint;
    }

    /// <summary>The operation that the key belongs to.</summary>
    internal string Operation { get; }

    /// <summary>
    /// The key without the quotes of the header: 1 to 255 printable ASCII characters. If callers are authenticated, the caller and a tab,
    /// which no key contains, precede it.
    /// </summary>
    internal string Value { get; }

    /// <summary>The SHA-256 of the request.</summary>
    /// <remarks>
    /// The hash covers the request as the service parsed it, so white space, the order of properties and unknown properties do not count.
    /// If a later version adds a property, its JSON must omit the property when it is null. Otherwise, that version takes the retry of an
    /// earlier request for another request.
    /// </remarks>
    internal ReadOnlyMemory<byte> Fingerprint { get; }

    internal static IdempotencyKey From<TBody>(string operation, string header, string? caller, TBody body, JsonTypeInfo<TBody> json)
    {
        var value = Parse(header) ?? throw new ArgumentException("The header is not a valid idempotency key.", nameof(header));
        var fingerprint = SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(body, json));
        return new IdempotencyKey(operation, caller is null ? value : $"{caller}\t{value}", fingerprint);
    }

    /// <summary>Parses a header's value; returns null if it is not a valid key.</summary>
    internal static string? Parse(string header)
    {
        var key = header is ['"', .. var quoted, '"'] ? Unescape(quoted) : header.All(IsBare) && header is not ['"', ..] ? header : null;
        return key is { Length: >= 1 and <= MaxLength } ? key : null;
    }

    private static string? Unescape(string quoted)
    {
        var key = new StringBuilder(quoted.Length);
        for (var i = 0; i < quoted.Length; i++)
        {
            var isEscaped = quoted[i] == '\\';
            if (isEscaped && ++i == quoted.Length)
            {
                return null;
            }

            if (isEscaped ? quoted[i] is not ('"' or '\\') : quoted[i] is '"' or < ' ' or > '~')
            {
                return null;
            }

            key.Append(quoted[i]);
        }

        return key.ToString();
    }

    // Outside quotes, a comma ends the value: several header lines may arrive as one, joined by commas (RFC 9110, section 5.3).
    private static bool IsBare(char character) => character is > ' ' and <= '~' and not ',';
}
