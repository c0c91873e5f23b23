using UserOrder.AppHost.LocalServers;

namespace UserOrder.Tests.Graph;

/// <summary>The installed servers that a test needs when it kills or freezes them, which it cannot do with containers.</summary>
internal static class ServersOfThisMachine
{
    /// <summary>The reason to skip the test; null if both servers are installed.</summary>
    public static string? ReasonToSkip()
    {
        if (!OperatingSystem.IsLinux())
        {
            return "Tests kill and freeze servers on Linux only.";
        }

        var missing = InstalledServers.MissingPackages();
        return missing.Count > 0 ? $"Not installed: {string.Join(", ", missing)}. ./test.sh installs them on Debian and Ubuntu." : null;
    }
}
