using UserOrder.PackageList;

switch (args)
{
    case ["sbom", var assetsFile, var output]:
        File.WriteAllBytes(output, CycloneDx.Write(PackageGraph.Read(assetsFile)));
        return 0;
    case ["licenses", var root]:
        File.WriteAllText(Path.Combine(root, "docs", "licenses.md"), LicenseDocument.Write(LicenseDocument.Projects(root)));
        return 0;
    default:
        Console.Error.WriteLine("usage: PackageList sbom ASSETS OUTPUT\n       PackageList licenses ROOT");
        return 2;
}
