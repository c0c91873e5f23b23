using UserOrder.ManifestRunner.Manifest;

namespace UserOrder.ManifestRunner.Evaluation;

/// <summary>Derives from the manifest's expressions which resources have to run before which.</summary>
internal static class StartOrder
{
    /// <summary>
    /// The containers that each runnable resource waits for. Projects do not wait for one another: they need only each
    /// other's address, may refer to each other mutually, and Aspire's own references do not wait either.
    /// </summary>
    /// <exception cref="ManifestException">Containers wait for one another in a circle.</exception>
    public static IReadOnlyDictionary<string, IReadOnlyList<string>> Dependencies(AppManifest manifest)
    {
        var dependencies = manifest.Runnable.ToDictionary(
            entry => entry.Name,
            entry => (IReadOnlyList<string>)
                [.. Reachable(manifest, entry.Name).Where(name => name != entry.Name && manifest[name].IsContainer)]);

        foreach (var name in dependencies.Keys)
        {
            RejectCircle(dependencies, name, []);
        }

        return dependencies;
    }

    private static HashSet<string> Reachable(AppManifest manifest, string start)
    {
        var found = new HashSet<string>();
        var open = new Queue<string>(Referenced(manifest[start]));
        while (open.TryDequeue(out var name))
        {
            if (!found.Add(name) || manifest[name].IsRunnable)
            {
                continue;
            }

            foreach (var next in Referenced(manifest[name]))
            {
                open.Enqueue(next);
            }
        }

        return found;
    }

    private static IEnumerable<string> Referenced(ManifestResource resource) =>
        resource.Environment.Values
            .Concat(resource.Args)
            .Append(resource.ConnectionString ?? "")
            .Append(resource.Value ?? "")
            .SelectMany(ManifestExpression.References)
            .Select(reference => reference.Resource);

    private static void RejectCircle(IReadOnlyDictionary<string, IReadOnlyList<string>> dependencies, string name, List<string> path)
    {
        if (path.Contains(name))
        {
            throw new ManifestException($"These resources wait for one another: {string.Join(" → ", path.Append(name))}.");
        }

        path.Add(name);
        foreach (var next in dependencies[name])
        {
            RejectCircle(dependencies, next, path);
        }

        path.Remove(name);
    }
}
