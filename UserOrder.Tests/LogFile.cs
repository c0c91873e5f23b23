namespace UserOrder.Tests;

/// <summary>Reads a log file while its process may still write to it.</summary>
internal static class LogFile
{
    public static string Read(string path)
    {
        using var log = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return log.ReadToEnd();
    }
}
