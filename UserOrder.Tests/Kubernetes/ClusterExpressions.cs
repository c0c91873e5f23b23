using UserOrder.Tests.Manifest;

namespace UserOrder.Tests.Kubernetes;

/// <summary>
/// Evaluates the manifest's expressions for a cluster: a resource becomes the name of its Service, a secret a reference to a variable.
/// </summary>
internal static class ClusterExpressions
{
    /// <summary>The variable that holds an input: <c>RABBITMQ_PASSWORD</c> for <c>rabbitmq-password</c>.</summary>
    public static string VariableOf(string parameter) => parameter.Replace('-', '_').ToUpperInvariant();

    public static string Evaluate(AppManifest manifest, string text) => ManifestExpression.Replace(text, reference =>
    {
        var resource = manifest[reference.Resource];
        return reference.Property.Split('.') switch
        {
            ["inputs", ..] => $"$({VariableOf(reference.Resource)})",
            ["connectionString"] => Evaluate(manifest, resource.ConnectionString!),
            ["value"] => Evaluate(manifest, resource.Value!),
            ["bindings", _, "host"] => reference.Resource,
            ["bindings", var binding, "port" or "targetPort"] => $"{resource.Bindings[binding].WellKnownPort}",
            ["bindings", var binding, "url"] =>
                $"{resource.Bindings[binding].Scheme}://{reference.Resource}:{resource.Bindings[binding].WellKnownPort}",
            _ => throw new InvalidOperationException($"{reference} has no value in a cluster."),
        };
    });

    /// <summary>The connections between resources, with their ports: one for each reference in a resource's environment.</summary>
    public static IEnumerable<(string From, string To, int Port)> Edges(AppManifest manifest) =>
        (from entry in manifest.Runnable
         from value in entry.Resource.Environment.Values
         from binding in BindingsIn(manifest, value)
         where binding.Resource != entry.Name
         select (entry.Name, binding.Resource, binding.Port)).Distinct();

    private static IEnumerable<(string Resource, int Port)> BindingsIn(AppManifest manifest, string text) =>
        ManifestExpression.References(text).SelectMany(reference =>
        {
            var resource = manifest[reference.Resource];
            return reference.Property.Split('.') switch
            {
                ["connectionString"] => BindingsIn(manifest, resource.ConnectionString!),
                ["value"] => BindingsIn(manifest, resource.Value!),
                ["bindings", var binding, ..] => [(reference.Resource, resource.Bindings[binding].WellKnownPort!.Value)],
                _ => [],
            };
        });
}
