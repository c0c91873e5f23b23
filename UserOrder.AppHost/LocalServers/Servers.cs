using Microsoft.Extensions.DependencyInjection;
using UserOrder.AppHost.Options;

namespace UserOrder.AppHost.LocalServers;

/// <summary>
/// Chooses how the servers run: as containers if an engine works, else as installed programs. <c>--servers containers</c> and
/// <c>--servers local</c> override the choice. <c>--fresh</c> deletes their data first.
/// </summary>
internal sealed class Servers
{
    private const string DefaultData = "../.userorder/data";

    private readonly ContainerEngine? _engine;

    private Servers(DataFolder? data, ContainerEngine? engine)
    {
        Data = data;
        _engine = engine;
    }

    /// <summary>The data of the local servers; null for containers and in publish mode.</summary>
    public DataFolder? Data { get; }

    /// <exception cref="DistributedApplicationException">The option is invalid, or the servers cannot run here.</exception>
    public static Servers Of(IDistributedApplicationBuilder graph)
    {
        // Each graph chooses only once.
        if (graph.Services.FirstOrDefault(service => service.ServiceType == typeof(Servers))?.ImplementationInstance is not Servers servers)
        {
            servers = Choose(graph);
            graph.Services.AddSingleton(servers);
        }

        return servers;
    }

    /// <summary>Deletes the volumes of containers if <c>--fresh</c> is set.</summary>
    public static void StartFresh(IDistributedApplicationBuilder graph)
    {
        if (Of(graph)._engine is { } engine && IsFresh(graph))
        {
            var volumes = graph.Resources.SelectMany(resource => resource.Annotations.OfType<ContainerMountAnnotation>());
            engine.DeleteVolumes(volumes.Select(volume => volume.Source!));
        }
    }

    private static Servers Choose(IDistributedApplicationBuilder graph)
    {
        if (!graph.ExecutionContext.IsRunMode)
        {
            return new Servers(null, null);
        }

        var choice = graph.Configuration["Servers"];
        if (choice is not (null or "local" or "containers"))
        {
            throw new DistributedApplicationException(
                $"--servers is '{choice}'. It can be 'containers' or 'local'; by default, containers run if an engine works.");
        }

        var engine = choice == "local" ? null : ContainerEngine.Find(graph.Configuration["ASPIRE_CONTAINER_RUNTIME"]);
        if (engine is { IsRunning: true } || choice == "containers")
        {
            return engine!.IsRunning
                ? new Servers(null, engine)
                : throw new DistributedApplicationException(
                    $"--servers is 'containers', but no container engine works here: {engine.Name} does not run. " +
                    "Start it, or use --servers local.");
        }

        if (!OperatingSystem.IsLinux())
        {
            throw new DistributedApplicationException(
                "No container engine works here. Start Docker or podman: installed servers can replace containers on Linux only.");
        }

        if (InstalledServers.MissingPackages() is { Count: > 0 } missing)
        {
            throw new DistributedApplicationException(
                "No container engine works here, and these servers are not installed: " +
                $"apt-get install --no-install-recommends {string.Join(' ', missing)}");
        }

        var data = graph.Configuration["Data"] ?? Path.Combine(graph.AppHostDirectory, DefaultData);
        return new Servers(DataFolder.Open(Path.GetFullPath(data), IsFresh(graph)), null);
    }

    private static bool IsFresh(IDistributedApplicationBuilder graph) => graph.HasFlag("fresh");
}
