using UserOrder.ManifestRunner;
using UserOrder.ManifestRunner.Resources;

namespace UserOrder.Tests.Graph;

/// <summary>The servers that a graph of a test's own needs on this machine.</summary>
internal static class InstalledServers
{
    /// <summary>The reason to skip; null where both are installed.</summary>
    public static string? WhatIsMissing()
    {
        try
        {
            InstalledPrograms.RabbitMqServer();
            InstalledPrograms.PostgresFolder(majorVersion: null);
            return null;
        }
        catch (RunnerException exception)
        {
            return exception.Message;
        }
    }
}
