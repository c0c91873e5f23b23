using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Microsoft.Extensions.Configuration;

namespace UserOrder.AppHost.Options;

/// <summary>The fixed ports of a run: the usual ones, or those that <c>--port NAME=N</c> gives.</summary>
internal static class Ports
{
    public const string Section = "Ports";

    /// <summary>A port of a resource, by the option or the usual one.</summary>
    /// <exception cref="DistributedApplicationException">The option gives no port number.</exception>
    public static int PortOf(this IDistributedApplicationBuilder graph, string resource, int usual) =>
        graph.Configuration[$"{Section}:{resource}"] is { } text ? Resolve(resource, text) : usual;

    /// <summary>A port number; any free port for 0.</summary>
    /// <exception cref="DistributedApplicationException">The text is no port number.</exception>
    public static int Resolve(string resource, string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port <= IPEndPoint.MaxPort
            ? port == 0 ? AnyFree() : port
            : throw new DistributedApplicationException($"--port {resource}={text}: a port is a number from 0 to {IPEndPoint.MaxPort}; 0 takes any free one.");

    /// <summary>Checks, before anything starts, that each fixed port is free and that each option names a resource.</summary>
    /// <exception cref="DistributedApplicationException">A port is in use, or an option names something else.</exception>
    public static void Check(IDistributedApplicationBuilder graph)
    {
        var projects = graph.Resources.OfType<ProjectResource>().ToList();
        if (graph.Configuration.GetSection(Section).GetChildren().FirstOrDefault(option => !projects.Exists(project => project.Name == option.Key)) is { } unknown)
        {
            throw new DistributedApplicationException($"--port {unknown.Key}={unknown.Value}: a port can be given to {string.Join(", ", projects.Select(project => project.Name))} and dashboard.");
        }

        if (graph.Configuration.GetValue<bool>("DcpPublisher:RandomizePorts"))
        {
            return;
        }

        var taken = IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Select(listener => listener.Port).ToHashSet();
        var services = from resource in graph.Resources
                       from endpoint in resource.Annotations.OfType<EndpointAnnotation>()
                       where endpoint.Port is not null
                       select (resource.Name, Port: endpoint.Port!.Value);
        var dashboard = (graph.Configuration["ASPNETCORE_URLS"] ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries)
            .Select(url => (Name: "dashboard", Port: new Uri(url).Port));
        foreach (var (name, port) in services.Concat(dashboard).Where(listener => taken.Contains(listener.Port)))
        {
            throw new DistributedApplicationException($"Port {port} of {name} is in use. End the program that listens on it, or choose another port: --port {name}=N");
        }
    }

    private static int AnyFree()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
