using System.Globalization;
using System.Reflection;

namespace UserOrder.Messaging.Database;

/// <summary>One numbered SQL file, embedded in an assembly as <c>Migrations/NNNN_name.sql</c>.</summary>
internal sealed record Migration(string Component, int Number, string Name, string Sql)
{
    private const string Folder = ".Migrations.";

    /// <summary>Reads the assembly's migrations, ordered by number.</summary>
    /// <exception cref="InvalidOperationException">A file name does not start with a number, or two files share one.</exception>
    public static IReadOnlyList<Migration> From(Assembly assembly)
    {
        var component = assembly.GetName().Name!;
        var migrations = assembly.GetManifestResourceNames()
            .Where(resource => resource.Contains(Folder, StringComparison.Ordinal) && resource.EndsWith(".sql", StringComparison.Ordinal))
            .Select(resource => Read(assembly, component, resource))
            .OrderBy(migration => migration.Number)
            .ToList();

        var shared = migrations.GroupBy(migration => migration.Number).FirstOrDefault(group => group.Count() > 1);
        return shared is null
            ? migrations
            : throw new InvalidOperationException($"{component} has more than one migration with the number {shared.Key}.");
    }

    private static Migration Read(Assembly assembly, string component, string resource)
    {
        var start = resource.IndexOf(Folder, StringComparison.Ordinal) + Folder.Length;
        var name = resource[start..^".sql".Length];
        if (!int.TryParse(name.Split('_')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            throw new InvalidOperationException($"The migration '{name}' of {component} must be named NNNN_what_it_does.sql.");
        }

        using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
        return new Migration(component, number, name, reader.ReadToEnd());
    }
}
