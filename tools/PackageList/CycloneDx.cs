using System.Text.Json;

namespace UserOrder.PackageList;

/// <summary>
/// Writes a software bill of materials without time and serial number, so that the same packages give the same file.
/// </summary>
/// <remarks>CycloneDX 1.6, https://cyclonedx.org/docs/1.6/json/.</remarks>
internal static class CycloneDx
{
    private static readonly JsonWriterOptions Indented = new() { Indented = true, NewLine = "\n" };

    public static byte[] Write(PackageGraph graph)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Indented))
        {
            json.WriteStartObject();
            json.WriteString("bomFormat", "CycloneDX");
            json.WriteString("specVersion", "1.6");
            json.WriteNumber("version", 1);
            json.WriteStartObject("metadata");
            json.WriteStartObject("component");
            json.WriteString("type", "application");
            json.WriteString("bom-ref", graph.Project);
            json.WriteString("name", graph.Project);
            json.WriteString("version", graph.Version);
            json.WriteEndObject();
            json.WriteEndObject();
            WriteComponents(json, graph);
            WriteDependencies(json, graph);
            json.WriteEndObject();
        }

        return [.. buffer.ToArray(), (byte)'\n'];
    }

    private static void WriteComponents(Utf8JsonWriter json, PackageGraph graph)
    {
        json.WriteStartArray("components");
        foreach (var package in graph.Packages)
        {
            json.WriteStartObject();
            json.WriteString("type", "library");
            json.WriteString("bom-ref", package.Url);
            json.WriteString("name", package.Name);
            json.WriteString("version", package.Version);
            json.WriteString("purl", package.Url);
            if (package.Sha512 is { } hash)
            {
                json.WriteStartArray("hashes");
                json.WriteStartObject();
                json.WriteString("alg", "SHA-512");
                json.WriteString("content", hash);
                json.WriteEndObject();
                json.WriteEndArray();
            }

            WriteLicense(json, package.License);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteLicense(Utf8JsonWriter json, License license)
    {
        if (license == License.Unknown)
        {
            return;
        }

        json.WriteStartArray("licenses");
        json.WriteStartObject();
        if (license.Expression is { } expression)
        {
            json.WriteString("expression", expression);
        }
        else
        {
            json.WriteStartObject("license");
            json.WriteString("name", license.ToString());
            if (license.Url is { } url)
            {
                json.WriteString("url", url);
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static void WriteDependencies(Utf8JsonWriter json, PackageGraph graph)
    {
        json.WriteStartArray("dependencies");
        WriteDependency(json, graph.Project, graph.Direct, graph);
        foreach (var package in graph.Packages)
        {
            WriteDependency(json, package.Url, package.Dependencies, graph);
        }

        json.WriteEndArray();
    }

    private static void WriteDependency(Utf8JsonWriter json, string reference, IEnumerable<string> names, PackageGraph graph)
    {
        json.WriteStartObject();
        json.WriteString("ref", reference);
        json.WriteStartArray("dependsOn");
        foreach (var package in graph.Packages.Where(package => names.Contains(package.Name, StringComparer.OrdinalIgnoreCase)))
        {
            json.WriteStringValue(package.Url);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
