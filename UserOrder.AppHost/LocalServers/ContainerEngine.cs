using System.Diagnostics;
using System.Reflection;
using System.Text.Json;

namespace UserOrder.AppHost.LocalServers;

/// <summary>The container engine of this machine, as Aspire's orchestrator (DCP) reports it.</summary>
/// <param name="Name">The program of the engine, such as <c>docker</c>.</param>
/// <param name="IsRunning">Whether the engine can start containers now.</param>
internal sealed record ContainerEngine(string Name, bool IsRunning)
{
    private const string OrchestratorKey = "dcpclipath";

    /// <summary>Queries the orchestrator, which takes about 0.1 s.</summary>
    /// <param name="runtime">The engine chosen in the environment; null for the first one that works.</param>
    public static ContainerEngine Find(string? runtime)
    {
        var orchestrator = typeof(ContainerEngine).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(data => data.Key == OrchestratorKey).Value!;
        string[] arguments = runtime is null ? ["info"] : ["info", "--container-runtime", runtime];
        using var process = Process.Start(new ProcessStartInfo(orchestrator, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        using var answer = JsonDocument.Parse(process.StandardOutput.ReadToEnd());
        var containers = answer.RootElement.GetProperty("containers");
        return new ContainerEngine(containers.GetProperty("runtime").GetString()!, containers.GetProperty("running").GetBoolean());
    }

    /// <summary>Deletes volumes and ignores missing ones.</summary>
    /// <exception cref="DistributedApplicationException">The engine refuses, for example because a container uses a volume.</exception>
    public void DeleteVolumes(IEnumerable<string> names)
    {
        using var process = Process.Start(new ProcessStartInfo(Name, ["volume", "rm", "--force", .. names])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new DistributedApplicationException($"{Name} cannot delete the data: {errors.Trim()}");
        }
    }
}
