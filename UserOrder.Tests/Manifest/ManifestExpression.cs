using System.Text.RegularExpressions;

namespace UserOrder.Tests.Manifest;

/// <summary>Finds and replaces the <c>{resource.property}</c> references in a manifest's text.</summary>
internal static partial class ManifestExpression
{
    public static IEnumerable<ManifestReference> References(string text) =>
        ReferencePattern().Matches(text).Select(ToReference);

    public static string Replace(string text, Func<ManifestReference, string> resolve) =>
        ReferencePattern().Replace(text, match => resolve(ToReference(match)));

    private static ManifestReference ToReference(Match match) => new(match.Groups["resource"].Value, match.Groups["property"].Value);

    [GeneratedRegex(@"\{(?<resource>[A-Za-z0-9-]+)\.(?<property>[A-Za-z0-9_.-]+)\}", RegexOptions.CultureInvariant)]
    private static partial Regex ReferencePattern();
}

/// <summary>A reference to a property of another resource, e.g. <c>{rabbitmq.bindings.tcp.port}</c>.</summary>
internal sealed record ManifestReference(string Resource, string Property)
{
    public override string ToString() => $"{{{Resource}.{Property}}}";
}
