using UserOrder.ManifestRunner.Manifest;

namespace UserOrder.ManifestRunner.Resources;

/// <summary>Decides how a resource of the manifest runs without containers.</summary>
internal static class ResourceFactory
{
    /// <exception cref="RunnerException">It cannot run here; the message says why.</exception>
    public static GraphResource Create(string name, ResourceContext context)
    {
        var resource = context.Manifest[name];
        if (resource.IsProject)
        {
            return new ProjectResource(name, context);
        }

        if (!resource.IsContainer || resource.Image is not { } image)
        {
            throw new ManifestException($"'{name}' is of type {resource.Type}, which only an AppHost with a container engine can run.");
        }

        return ContainerImage.Parse(image).Repository switch
        {
            var repository when repository.EndsWith("rabbitmq", StringComparison.Ordinal) => new RabbitMqResource(name, context),
            "postgres" => new PostgresResource(name, context),
            _ => throw new ManifestException(
                $"'{name}' needs the image {image}. Without a container engine only rabbitmq and postgres run, by the installed servers."),
        };
    }
}
