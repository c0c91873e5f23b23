using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace UserOrder.Issuer;

/// <summary>A key pair for ES256 (RFC 7518, section 3.4), which exists only in memory.</summary>
internal sealed class SigningKey : IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public string Id { get; } = Guid.NewGuid().ToString("N");

    /// <summary>The public half (RFC 7517).</summary>
    public JsonObject PublicKey
    {
        get
        {
            var point = _key.ExportParameters(includePrivateParameters: false).Q;
            return new JsonObject
            {
                ["kty"] = "EC",
                ["use"] = "sig",
                ["alg"] = "ES256",
                ["crv"] = "P-256",
                ["kid"] = Id,
                ["x"] = Base64Url.EncodeToString(point.X),
                ["y"] = Base64Url.EncodeToString(point.Y),
            };
        }
    }

    /// <summary>The header of an access token (RFC 9068, section 2.1).</summary>
    public JsonObject Header => new() { ["alg"] = "ES256", ["typ"] = "at+jwt", ["kid"] = Id };

    /// <summary>A JWT in its compact form (RFC 7515, section 7.1).</summary>
    public string Sign(JsonObject claims) => Sign(Header, claims);

    /// <summary>A JWT with a header of the caller's.</summary>
    public string Sign(JsonObject header, JsonObject claims)
    {
        var signed = $"{Encode(header)}.{Encode(claims)}";
        return $"{signed}.{Base64Url.EncodeToString(_key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256))}";
    }

    public void Dispose() => _key.Dispose();

    private static string Encode(JsonObject part) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(part.ToJsonString()));
}
