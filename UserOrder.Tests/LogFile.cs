namespace UserOrder.Tests;

/// <summary>A log that its process may still be writing.</summary>
internal static class LogFile
{
    public static string Read(string path)
    {
        using var log = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return log.ReadToEnd();
    }
}
