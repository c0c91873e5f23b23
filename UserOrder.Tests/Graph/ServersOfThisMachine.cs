using UserOrder.AppHost.LocalServers;

namespace UserOrder.Tests.Graph;

/// <summary>The servers that a graph of a test's own needs on this machine: they can be killed and frozen, as containers cannot.</summary>
internal static class ServersOfThisMachine
{
    /// <summary>The reason to skip; null where both are installed.</summary>
    public static string? ReasonToSkip() =>
        !OperatingSystem.IsLinux() ? "Servers can be killed and frozen on Linux only."
        : InstalledServers.MissingPackages() is { Count: > 0 } missing ? $"Not installed: {string.Join(", ", missing)}. ./test.sh installs them on Debian and Ubuntu."
        : null;
}
