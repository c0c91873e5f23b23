namespace UserOrder.PackageList;

/// <summary>A NuGet package that a project was restored with.</summary>
/// <param name="Name">Its id.</param>
/// <param name="Version">Its version.</param>
/// <param name="Sha512">The hash of its file, in hexadecimal; null where the package folder does not keep it.</param>
/// <param name="License">The license by its SPDX expression, or where to read it.</param>
/// <param name="Dependencies">The names of the packages that it needs.</param>
internal sealed record Package(string Name, string Version, string? Sha512, License License, IReadOnlyList<string> Dependencies)
{
    /// <summary>https://github.com/package-url/purl-spec.</summary>
    public string Url => $"pkg:nuget/{Name}@{Version}";
}
