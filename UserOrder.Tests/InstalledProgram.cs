namespace UserOrder.Tests;

/// <summary>Finds programs of this machine that only tests need.</summary>
internal static class InstalledProgram
{
    private static readonly string[] Folders = [.. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':'), "/usr/sbin"];

    /// <summary>The path of the first program that has one of these names; null if none is installed.</summary>
    public static string? Find(params string[] names) => Folders
        .SelectMany(folder => names.Select(name => Path.Combine(folder, name)))
        .FirstOrDefault(File.Exists);
}
