using System.Globalization;
using UserOrder.ManifestRunner.Manifest;
using UserOrder.ManifestRunner.Networking;

namespace UserOrder.ManifestRunner.Evaluation;

/// <summary>Turns the manifest's expressions into values.</summary>
/// <param name="manifest">The graph that the expressions refer to.</param>
/// <param name="endpoints">Where each binding listens.</param>
/// <param name="input">The value of an input, by resource and input name.</param>
internal sealed class ManifestEvaluator(AppManifest manifest, EndpointMap endpoints, Func<string, string, string> input)
{
    /// <exception cref="ManifestException">A reference leads nowhere, or back to itself.</exception>
    public string Evaluate(string expression) => Evaluate(expression, []);

    /// <exception cref="ManifestException">The resource is unknown or has no connection string.</exception>
    public string ConnectionString(string resource) => Resolve(new ManifestReference(resource, "connectionString"), []);

    private string Evaluate(string expression, List<ManifestReference> path) =>
        ManifestExpression.Replace(expression, reference => Resolve(reference, path));

    private string Resolve(ManifestReference reference, List<ManifestReference> path)
    {
        if (path.Contains(reference))
        {
            throw new ManifestException($"The manifest's expressions go in a circle: {string.Join(" → ", path.Append(reference))}.");
        }

        var resource = manifest[reference.Resource];
        path.Add(reference);
        var value = reference.Property.Split('.') switch
        {
            ["connectionString"] when resource.ConnectionString is { } expression => Evaluate(expression, path),
            ["value"] when resource.Value is { } expression => Filter(reference, resource.Filter, Evaluate(expression, path)),
            ["inputs", var name] when resource.Inputs.ContainsKey(name) => input(reference.Resource, name),
            ["bindings", var name, var part] when resource.Bindings.ContainsKey(name) => Part(reference, name, part),
            _ => throw new ManifestException($"The manifest refers to {reference}, which '{reference.Resource}' does not have."),
        };
        path.Remove(reference);
        return value;
    }

    private string Part(ManifestReference reference, string binding, string part)
    {
        var endpoint = endpoints[reference.Resource, binding];
        return part switch
        {
            "scheme" => endpoint.Scheme,
            "host" => endpoint.Host,
            // No network address translation here: a process listens on the very port that its clients use.
            "port" or "targetPort" => endpoint.Port.ToString(CultureInfo.InvariantCulture),
            "url" => endpoint.Url,
            _ => throw new ManifestException($"The manifest refers to {reference}: a binding has no '{part}'."),
        };
    }

    private static string Filter(ManifestReference reference, string? filter, string value) => filter switch
    {
        null => value,
        "uri" => Uri.EscapeDataString(value),
        _ => throw new ManifestException($"'{reference.Resource}' asks for the unknown filter '{filter}'."),
    };
}
