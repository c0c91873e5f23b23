using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using UserOrder.AppHost.Graph;

namespace UserOrder.Tests.Graph;

/// <summary>Applies the options of a test to the AppHost's graph before it starts.</summary>
internal static class GraphChanges
{
    /// <returns>The services.</returns>
    public static IReadOnlyList<ProjectResource> Apply(IDistributedApplicationTestingBuilder builder, GraphOptions options)
    {
        foreach (var service in options.Replicated)
        {
            AddSecond(builder, builder.Resources.OfType<ProjectResource>().Single(project => project.Name == service));
        }

        var projects = builder.Resources.OfType<ProjectResource>().ToList();
        foreach (var project in projects)
        {
            Change(builder.CreateResourceBuilder(project), options);
        }

        foreach (var ((resource, endpoint), port) in options.Ports)
        {
            var annotation = builder.Resources.Single(candidate => candidate.Name == resource)
                .Annotations.OfType<EndpointAnnotation>().Single(candidate => candidate.Name == endpoint);
            (annotation.Port, annotation.TargetPort, annotation.IsProxied) = (port, port, false);
        }

        return projects;
    }

    /// <summary>The name of a service's second replica.</summary>
    public static string SecondOf(string service) => $"{service}-2";

    /// <summary>Adds a second replica with the same settings and its own port.</summary>
    private static void AddSecond(IDistributedApplicationTestingBuilder builder, ProjectResource first)
    {
        var second = builder.AddProject(
            SecondOf(first.Name), first.GetProjectMetadata().ProjectPath, project => project.ExcludeLaunchProfile = true)
            .WithHttpEndpoint(name: "http");
        foreach (var annotation in first.Annotations.ToList())
        {
            // Copy the callback, not the annotation: the annotation caches values of the first replica.
            if (annotation is EnvironmentCallbackAnnotation environment)
            {
                second.WithEnvironment(environment.Callback);
            }
            else if (annotation is WaitAnnotation)
            {
                second.Resource.Annotations.Add(annotation);
            }
        }

        second.WithHttpHealthCheck("/health", endpointName: "http");
    }

    private static void Change(IResourceBuilder<ProjectResource> project, GraphOptions options)
    {
        project.RunBuiltProgram(options.Configuration, options.Checkouts.GetValueOrDefault(project.Resource.Name));
        if (options.StartedLater.Contains(project.Resource.Name))
        {
            project.WithExplicitStart();
        }

        project.WithEnvironment("ASPNETCORE_ENVIRONMENT", options.Environment);

        // An exporter without a receiver would delay each stop of a service.
        project.WithEnvironment("OTEL_EXPORTER_OTLP_ENDPOINT", "");

        // Off, as in production, although Development turns them on.
        project.WithEnvironment("Messaging__AdminEndpoints", "false");
        foreach (var (name, value) in options.ExtraEnvironment.GetValueOrDefault(project.Resource.Name) ?? new Dictionary<string, string>())
        {
            project.WithEnvironment(name, value);
        }

        // Aspire's proxy would accept connections for a stopped service.
        project.WithEndpoint("http", endpoint => (endpoint.Port, endpoint.TargetPort, endpoint.IsProxied) = (null, null, false));
    }
}
