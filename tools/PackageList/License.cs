using System.Xml.Linq;

namespace UserOrder.PackageList;

/// <summary>The license that a package states, in one of three forms.</summary>
/// <param name="Expression">An SPDX expression, such as <c>MIT</c>.</param>
/// <param name="File">The path of the license text in the package.</param>
/// <param name="Url">The address of the license, in old packages.</param>
/// <remarks>https://learn.microsoft.com/nuget/reference/nuspec#license.</remarks>
internal sealed record License(string? Expression, string? File, string? Url)
{
    public static readonly License Unknown = new(null, null, null);

    // The address that nuget.org sets for packages with one of the other forms.
    private const string NotAnAddress = "https://aka.ms/deprecateLicenseUrl";

    /// <summary>Reads the license from a package's <c>.nuspec</c>.</summary>
    public static License Read(string nuspec)
    {
        var metadata = XDocument.Load(nuspec).Root!.Elements().Single(element => element.Name.LocalName == "metadata");
        var license = Child("license");
        var url = Child("licenseUrl")?.Value;
        return new License(
            license?.Attribute("type")?.Value == "expression" ? license.Value : null,
            license?.Attribute("type")?.Value == "file" ? license.Value : null,
            url == NotAnAddress ? null : url);

        XElement? Child(string name) => metadata.Elements().SingleOrDefault(element => element.Name.LocalName == name);
    }

    public override string ToString() => Expression ?? (File is not null ? $"in the package: {File}" : Url ?? "not stated");
}
