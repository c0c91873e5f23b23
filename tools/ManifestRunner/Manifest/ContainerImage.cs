namespace UserOrder.ManifestRunner.Manifest;

/// <summary>The parts of a container image's name, e.g. <c>docker.io/library/rabbitmq:4.3-management</c>.</summary>
/// <param name="Repository">The last part of the path, <c>rabbitmq</c>.</param>
/// <param name="Tag">What follows the colon, <c>4.3-management</c>; empty when there is none.</param>
internal sealed record ContainerImage(string Repository, string Tag)
{
    public static ContainerImage Parse(string image)
    {
        var withoutDigest = image.Split('@')[0];
        var name = withoutDigest[(withoutDigest.LastIndexOf('/') + 1)..].Split(':');
        return new ContainerImage(name[0], name.Length > 1 ? name[1] : "");
    }
}
