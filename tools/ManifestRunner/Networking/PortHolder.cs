using System.Globalization;

namespace UserOrder.ManifestRunner.Networking;

/// <summary>Finds the process that listens on a port, as far as this user may see it.</summary>
internal static class PortHolder
{
    private const string ListenState = "0A";

    private static readonly string[] SocketTables = ["/proc/net/tcp", "/proc/net/tcp6"];

    /// <returns>E.g. <c>process 4711 (dotnet UserOrder.UserApi.dll)</c>, or <c>null</c> if it cannot be found.</returns>
    public static string? Find(int port)
    {
        var sockets = ListeningSockets(port).ToHashSet();
        if (sockets.Count == 0)
        {
            return null;
        }

        foreach (var process in Directory.EnumerateDirectories("/proc").Where(path => char.IsAsciiDigit(Path.GetFileName(path)[0])))
        {
            if (Holds(process, sockets))
            {
                return $"process {Path.GetFileName(process)} ({CommandLine(process)})";
            }
        }

        return null;
    }

    private static IEnumerable<string> ListeningSockets(int port)
    {
        var portInHex = ":" + port.ToString("X4", CultureInfo.InvariantCulture);
        foreach (var table in SocketTables.Where(File.Exists))
        {
            foreach (var line in File.ReadLines(table).Skip(1))
            {
                var columns = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                if (columns is [_, var local, _, ListenState, _, _, _, _, _, var inode, ..]
                    && local.EndsWith(portInHex, StringComparison.Ordinal))
                {
                    yield return $"socket:[{inode}]";
                }
            }
        }
    }

    private static bool Holds(string process, HashSet<string> sockets)
    {
        try
        {
            return Directory.EnumerateFiles(Path.Combine(process, "fd"))
                .Select(descriptor => new FileInfo(descriptor).LinkTarget)
                .Any(target => target is not null && sockets.Contains(target));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The process has ended meanwhile or belongs to somebody else.
            return false;
        }
    }

    private static string CommandLine(string process)
    {
        const int enough = 80;
        var text = File.ReadAllText(Path.Combine(process, "cmdline")).Replace('\0', ' ').Trim();
        return text.Length <= enough ? text : text[..enough] + "…";
    }
}
