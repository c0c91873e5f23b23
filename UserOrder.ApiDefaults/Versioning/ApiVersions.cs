using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;

namespace UserOrder.ApiDefaults.Versioning;

/// <summary>The versions of a service's HTTP API, named as in the path.</summary>
internal sealed class ApiVersions
{
    /// <summary>The configuration section with one section for each version whose end is announced.</summary>
    public const string Section = "Api:Versions";

    private readonly Dictionary<string, ApiVersion> _versions;

    /// <exception cref="InvalidOperationException">A setting is invalid, or configures an unknown version.</exception>
    public ApiVersions(IReadOnlyList<string> names, IConfiguration configuration)
    {
        var section = configuration.GetSection(Section);
        var unknown = section.GetChildren().FirstOrDefault(child => !names.Contains(child.Key));
        if (unknown is not null)
        {
            throw new InvalidOperationException($"{unknown.Path} configures an unknown API version; known: {string.Join(", ", names)}.");
        }

        _versions = names.ToDictionary(name => name, name => ApiVersion.Read(section.GetSection(name)), StringComparer.Ordinal);
        Names = [.. names];
        Header = string.Join(", ", names);
    }

    public string[] Names { get; }

    /// <summary>The value of <c>api-supported-versions</c>.</summary>
    public string Header { get; }

    /// <exception cref="KeyNotFoundException">There is no such version.</exception>
    public ApiVersion this[string name] => _versions[name];

    /// <summary>Whether the path starts with a version, known or not.</summary>
    /// <param name="path">The request's path.</param>
    /// <param name="version">The version; null for an unknown one.</param>
    public bool IsVersioned(PathString path, out ApiVersion? version)
    {
        version = null;
        if (path.Value is not ['/', 'v', .. var rest])
        {
            return false;
        }

        var digits = rest.AsSpan(0, rest.IndexOf('/', StringComparison.Ordinal) is var end and >= 0 ? end : rest.Length);
        if (digits.IsEmpty || digits.ContainsAnyExceptInRange('0', '9'))
        {
            return false;
        }

        _versions.TryGetValue($"v{digits}", out version);
        return true;
    }
}

[JsonSerializable(typeof(string[]))]
internal sealed partial class ApiVersionJson : JsonSerializerContext;
