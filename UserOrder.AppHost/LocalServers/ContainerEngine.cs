using System.Diagnostics;
using System.Reflection;
using System.Text.Json;

namespace UserOrder.AppHost.LocalServers;

/// <summary>The container engine of this machine, as Aspire's orchestrator (DCP) itself sees it.</summary>
/// <param name="Name">The engine's program, such as <c>docker</c>.</param>
/// <param name="IsRunning">Whether containers can be started now.</param>
internal sealed record ContainerEngine(string Name, bool IsRunning)
{
    private const string OrchestratorKey = "dcpclipath";

    /// <summary>Asks the orchestrator, which answers in a tenth of a second.</summary>
    /// <param name="runtime">The engine that the environment asks for; null for the first one that works.</param>
    public static ContainerEngine Find(string? runtime)
    {
        var orchestrator = typeof(ContainerEngine).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == OrchestratorKey).Value!;
        using var process = Process.Start(new ProcessStartInfo(orchestrator, runtime is null ? ["info"] : ["info", "--container-runtime", runtime])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        using var answer = JsonDocument.Parse(process.StandardOutput.ReadToEnd());
        var containers = answer.RootElement.GetProperty("containers");
        return new ContainerEngine(containers.GetProperty("runtime").GetString()!, containers.GetProperty("running").GetBoolean());
    }

    /// <summary>Deletes volumes; those that do not exist are no error.</summary>
    /// <exception cref="DistributedApplicationException">The engine refuses, as it does while a container uses one of them.</exception>
    public void DeleteVolumes(IEnumerable<string> names)
    {
        using var process = Process.Start(new ProcessStartInfo(Name, ["volume", "rm", "--force", .. names]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new DistributedApplicationException($"{Name} cannot delete the data: {errors.Trim()}");
        }
    }
}
