using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;

namespace UserOrder.Tests.Properties;

/// <summary>Generates claims of an access token with odd types and texts.</summary>
internal static class ArbitraryClaims
{
    // Nine of the longest fit into the headers of a request. A longer token gets 431, whatever its claims are.
    private static readonly Gen<string> Texts = Gen.OneOf(
        Gen.Elements(
            "\"\"", "\" \"", "\"\\u0000\"", "\"a\\u0000b\"", "\"\\t\"", "\"\\u202e\"", "\"\\ufffd\"", "\"\\ud83d\\ude42\"",
            "\"admin\"", "\"users:read\\u0000 admin\"", "\"00000000-0000-0000-0000-000000000000\"", "\"1e999\""),
        Gen.Choose(200, 1000).Select(length => $"\"{new string('s', length)}\""));

    private static readonly Gen<string> Numbers = Gen.Elements(
        "0", "-1", "1", "1.5", "1e400", "9223372036854775807", "9223372036854775808", "-9223372036854775808", "253402300800", "4102444800");

    private static readonly Gen<string> Values = Gen.OneOf(
        Texts,
        Numbers,
        Gen.Elements("true", "null", "{}", "[]", "[[]]", "{\"a\":{\"b\":[1,null]}}", "[null]"),
        Texts.ArrayOf().Resize(3).Select(texts => $"[{string.Join(',', texts)}]"));

    private static readonly Gen<(string, string)> One =
        from name in Gen.Elements(
            "sub", "sub", "scope", "scp", "aud", "iss", "exp", "nbf", "iat", "jti", "azp", "client_id", "amr", "act", "name", "unique_name")
        from value in Values
        select (name, value);

    /// <summary>One to three claims that replace those of a valid token.</summary>
    public static Gen<ClaimsInput> Sets { get; } =
        from first in One
        from more in One.ArrayOf().Resize(2)
        select new ClaimsInput([first, .. more]);
}

/// <summary>Claims as JSON.</summary>
internal sealed record ClaimsInput(IReadOnlyList<(string Name, string Json)> All)
{
    public IEnumerable<(string Name, JsonNode? Value)> Claims => All.Select(claim => (claim.Name, JsonNode.Parse(claim.Json)));

    public override string ToString() => string.Join(" | ", All.Select(claim => $"{claim.Name}: {Octets.Show(claim.Json)}"));
}
