using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using Microsoft.Extensions.Configuration;
using UserOrder.Processes;

namespace UserOrder.AppHost.Options;

/// <summary>The fixed ports of a run: the defaults, or those of <c>--port NAME=N</c>.</summary>
internal static class Ports
{
    public const string Section = "Ports";

    /// <summary>The port of a resource from the option, else the default.</summary>
    /// <exception cref="DistributedApplicationException">The option contains no port number.</exception>
    public static int PortOf(this IDistributedApplicationBuilder graph, string resource, int usual) =>
        graph.Configuration[$"{Section}:{resource}"] is { } text ? Resolve(resource, text) : usual;

    /// <summary>Parses a port number; 0 gives any free port.</summary>
    /// <exception cref="DistributedApplicationException">The text is not a port number.</exception>
    public static int Resolve(string resource, string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port <= IPEndPoint.MaxPort
            ? port == 0 ? FreePort.Next() : port
            : throw new DistributedApplicationException(
                $"--port {resource}={text}: a port is a number from 0 to {IPEndPoint.MaxPort}; 0 takes any free one.");

    /// <summary>Checks before the start that each fixed port is free and that each option names a resource.</summary>
    /// <exception cref="DistributedApplicationException">A port is in use, or an option names an unknown resource.</exception>
    public static void Check(IDistributedApplicationBuilder graph)
    {
        var projects = graph.Resources.OfType<ProjectResource>().ToList();
        var options = graph.Configuration.GetSection(Section).GetChildren();
        if (options.FirstOrDefault(option => !projects.Exists(project => project.Name == option.Key)) is { } unknown)
        {
            var names = string.Join(", ", projects.Select(project => project.Name));
            throw new DistributedApplicationException(
                $"--port {unknown.Key}={unknown.Value} names an unknown resource; the known ones are {names} and dashboard.");
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
            throw new DistributedApplicationException(
                $"Port {port} of {name} is in use. Stop the program that listens on it, or choose another port: --port {name}=N");
        }
    }
}
