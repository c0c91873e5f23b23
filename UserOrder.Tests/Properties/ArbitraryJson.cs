using FsCheck;
using FsCheck.Fluent;

namespace UserOrder.Tests.Properties;

/// <summary>Generates valid, broken and hostile JSON as octets, with <c>{guid}</c> as the placeholder of a new UUID.</summary>
internal static class ArbitraryJson
{
    private static readonly Gen<string> Numbers = Gen.Elements(
        "0", "-0", "1", "-1", "2", "1.5", "1.0", "0.01", "0.001", "1e2", "1E-2", "1e28", "1e29", "1e400", "-1e400", "1e-400",
        "1e99999999999",
        "2147483647", "2147483648", "-2147483649", "9223372036854775808", "999999999.99", "1000000000", "79228162514264337593543950336",
        "0.10000000000000000000000000000001", "NaN", "Infinity", "-Infinity", "01", "1.", "+1", ".5", "0x1");

    private static readonly Gen<string> Strings = Gen.Elements(
        "\"\"",
        "\" \"",
        "\"tea\"",
        "\"5\"",
        "\"null\"",
        "\"a\\u0000b\"",
        "\"\\ud800\"",
        "\"\\udc00\\ud800\"",
        "\"\\u202e\\ufeff\\uffff\"",
        "\"\\ud83d\\ude42\"",
        "\"\\x\"",
        "\"\\",
        "\"a\nb\"",
        "\"ada@example.com\"",
        "\"\\u0041@example.com\"",
        "\"{guid}\"",
        "\"{GUID}\"",
        "\"{{guid}}\"",
        "\"{guid}0\"",
        "\"0001-01-01T00:00:00+14:00\"",
        "\"0001-01-01T00:00:00Z\"",
        "\"9999-12-31T23:59:59.9999999-14:00\"",
        "\"9999-12-31T23:59:59.9999999Z\"",
        "\"2026-02-30T00:00:00Z\"",
        "\"2026-01-01T00:00:00.123456789+05:45\"",
        "\"2026-01-01\"",
        "\"infinity\"",
        "\"1.0\"",
        $"\"{new string('n', 201)}\"",
        $"\"{new string('a', 64)}@{new string('b', 255)}\"",
        Octets.OfUtf8("\"Ádá 🙂\u0301\u200d\""),
        "\"\xc3\x28\"",
        "\"\xed\xa0\x80\"");

    private static readonly Gen<string> Keys = Gen.Elements(
        "\"a\"", "\"\"", "\"id\"", "\"Name\"", "\"items\"", "\"$type\"", "\"$ref\"", "\"__proto__\"", "\"\\u0000\"", "\"\\ud800\"",
        "\"a.b['c']\"", "5", "a");

    private static readonly Gen<string> Scalars = Gen.OneOf(Gen.Elements("null", "true", "false", "nul", ""), Numbers, Strings);

    /// <summary>Nesting around the limits of 16 levels for a request and 32 for an event, and far beyond.</summary>
    private static readonly Gen<string> Deep =
        from depth in Gen.OneOf(Gen.Choose(12, 36), Gen.Elements(64, 65, 1000, 20_000))
        from kind in Gen.Elements(("[", "1", "]"), ("{\"a\":", "1", "}"), ("[", "", ""))
        select string.Concat(Enumerable.Repeat(kind.Item1, depth)) + kind.Item2 + string.Concat(Enumerable.Repeat(kind.Item3, depth));

    /// <summary>Any value: most are JSON, none is a valid request or event.</summary>
    public static Gen<string> Values { get; } = Gen.Sized(size => Tree(Math.Min(size, 20)));

    /// <summary>Arbitrary bytes.</summary>
    public static Gen<string> Bytes { get; } = Gen.OneOf(
        Gen.Choose(0, 255).ArrayOf().Select(bytes => string.Concat(bytes.Select(octet => (char)octet))),
        Gen.Elements('{', '}', '[', ']', '"', ':', ',', '\\', 'u', '0', 'e', '-', ' ').ArrayOf().Select(text => new string(text)));

    /// <summary>An object with the fields, often with some of them changed, and sometimes wrapped in other text.</summary>
    public static Gen<string> Objects(params (string Key, Gen<string> Value)[] fields) =>
        from values in Gen.CollectToArray(fields, field => field.Value)
        from changed in Changed([.. fields.Zip(values, (field, value) => $"\"{field.Key}\":{value}")])
        from whole in Wrapped($"{{{string.Join(',', changed)}}}")
        select whole;

    private static Gen<string> Tree(int size) => size == 0
        ? Scalars
        : Gen.Frequency(
            (4, Scalars),
            (1, Deep),
            (2, Tree(size / 3).ArrayOf().Resize(4).Select(items => $"[{string.Join(',', items)}]")),
            (2, Members(size / 3).ArrayOf().Resize(4).Select(members => $"{{{string.Join(',', members)}}}")));

    private static Gen<string> Members(int size) =>
        from key in Keys
        from value in Tree(size)
        select $"{key}:{value}";

    private static Gen<string[]> Changed(string[] members)
    {
        var place = Gen.Choose(0, members.Length - 1);
        return Gen.Frequency(
            (4, Gen.Constant(members)),
            (6, from at in place from value in Values select Replaced(members, at, $"{members[at].Split(':')[0]}:{value}")),
            (1, from at in place select members.Where((_, index) => index != at).ToArray()),
            (1, from at in place select members.Append(members[at]).ToArray()),
            (1, from at in place from value in Values select members.Append($"{members[at].Split(':')[0]}:{value}").ToArray()),
            (1, from at in place select Replaced(members, at, WithUpperKey(members[at]))),
            (3, from extra in Members(3) select members.Prepend(extra).ToArray()),
            (1, Gen.Shuffle(members)));
    }

    private static string[] Replaced(string[] members, int at, string member) =>
        [.. members.Select((old, index) => index == at ? member : old)];

    private static string WithUpperKey(string member)
    {
        var colon = member.IndexOf(':', StringComparison.Ordinal);
        return member[..colon].ToUpperInvariant() + member[colon..];
    }

    private static Gen<string> Wrapped(string json) => Gen.Frequency(
        (12, Gen.Constant(json)),
        (1, Gen.Constant(Octets.OfUtf8("\ufeff") + json)),
        (1, Bytes.Select(garbage => json + garbage)),
        (1, Gen.Elements(
            $"/* */{json}", $"{json}//", json.Replace('"', '\''), $"{json}{json}", $"[{json}]", json.Insert(json.Length - 1, ","))),
        (1, from cut in Gen.Choose(0, json.Length) select json[..cut]),
        (1, from at in Gen.Choose(0, json.Length - 1)
            from octet in Gen.Choose(0, 255)
            select $"{json[..at]}{(char)octet}{json[(at + 1)..]}"));
}
