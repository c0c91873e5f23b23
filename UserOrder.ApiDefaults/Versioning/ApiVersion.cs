using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace UserOrder.ApiDefaults.Versioning;

/// <summary>One version of a service's HTTP API, with the headers that announce its end.</summary>
/// <remarks>
/// <c>Deprecation</c>: https://www.rfc-editor.org/rfc/rfc9745. <c>Sunset</c>: https://www.rfc-editor.org/rfc/rfc8594. Both only
/// announce: the service answers the version until its code is removed.
/// </remarks>
internal sealed record ApiVersion(string Name, string? Deprecation, string? Sunset, string? Link)
{
    /// <summary>Reads the optional times <c>Deprecation</c> and <c>Sunset</c> and the optional address <c>Link</c> of a version.</summary>
    /// <exception cref="InvalidOperationException">A value is invalid, or the sunset precedes the deprecation.</exception>
    public static ApiVersion Read(IConfigurationSection section)
    {
        var deprecation = ReadTime(section.GetSection("Deprecation"));
        var sunset = ReadTime(section.GetSection("Sunset"));
        if (sunset < deprecation)
        {
            throw new InvalidOperationException(
                $"{section.Path}:Sunset must not be before {section.Path}:Deprecation (RFC 9745, section 4).");
        }

        var link = section["Link"];
        if (link is not null && !Uri.TryCreate(link, UriKind.Absolute, out _))
        {
            throw new InvalidOperationException($"{section.Path}:Link must be a URL.");
        }

        return new ApiVersion(
            section.Key,
            deprecation is { } since ? $"@{since.ToUnixTimeSeconds()}" : null,
            sunset?.ToString("R", CultureInfo.InvariantCulture),
            link is null ? null : LinkOf(new Uri(link), deprecation is not null, sunset is not null));
    }

    /// <summary>RFC 9745, section 3, defines the relation <c>deprecation</c>; RFC 8594, section 6, defines <c>sunset</c>.</summary>
    private static string? LinkOf(Uri uri, bool isDeprecated, bool hasSunset) => (isDeprecated, hasSunset) switch
    {
        (true, true) => $"<{uri.AbsoluteUri}>; rel=\"deprecation sunset\"",
        (true, false) => $"<{uri.AbsoluteUri}>; rel=\"deprecation\"",
        (false, true) => $"<{uri.AbsoluteUri}>; rel=\"sunset\"",
        _ => null,
    };

    private static DateTimeOffset? ReadTime(IConfigurationSection section) =>
        section.Value is not { Length: > 0 } value
            ? null
            : DateTimeOffset.TryParse(
                value,
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
                out var time)
                ? time
                : throw new InvalidOperationException($"{section.Path} must be a time, such as 2027-01-31T00:00:00Z.");
}
