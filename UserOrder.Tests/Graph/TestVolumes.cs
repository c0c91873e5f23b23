using Aspire.Hosting.ApplicationModel;
using UserOrder.AppHost.LocalServers;

namespace UserOrder.Tests.Graph;

/// <summary>
/// Separate container volumes for one run: tests do not touch the developer's data, and a restarted container keeps its data.
/// </summary>
internal sealed class TestVolumes : IAsyncDisposable
{
    private readonly List<string> _names = [];

    public static TestVolumes Replace(IEnumerable<IResource> resources)
    {
        var volumes = new TestVolumes();
        foreach (var resource in resources.OfType<ContainerResource>())
        {
            foreach (var volume in resource.Annotations.OfType<ContainerMountAnnotation>().ToList())
            {
                var name = $"{volume.Source}-test-{Guid.NewGuid():N}";
                volumes._names.Add(name);
                resource.Annotations.Remove(volume);
                resource.Annotations.Add(new ContainerMountAnnotation(name, volume.Target, volume.Type, volume.IsReadOnly));
            }
        }

        return volumes;
    }

    public ValueTask DisposeAsync()
    {
        if (_names.Count > 0)
        {
            ContainerEngine.Find(Environment.GetEnvironmentVariable("ASPIRE_CONTAINER_RUNTIME")).DeleteVolumes(_names);
        }

        return ValueTask.CompletedTask;
    }
}
