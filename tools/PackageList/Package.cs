namespace UserOrder.PackageList;

/// <summary>A restored NuGet package.</summary>
/// <param name="Name">The id.</param>
/// <param name="Version">The version.</param>
/// <param name="Sha512">The hash of the file in hexadecimal; null if the package folder does not contain it.</param>
/// <param name="License">The license.</param>
/// <param name="Dependencies">The names of the packages on which it depends.</param>
internal sealed record Package(string Name, string Version, string? Sha512, License License, IReadOnlyList<string> Dependencies)
{
    /// <summary>https://github.com/package-url/purl-spec.</summary>
    public string Url => $"pkg:nuget/{Name}@{Version}";
}
