using System.Globalization;
using System.Net;
using System.Net.Sockets;
using UserOrder.ManifestRunner;
using UserOrder.ManifestRunner.Manifest;
using UserOrder.ManifestRunner.Networking;

namespace UserOrder.Tests.Runner;

public class EndpointMapTests
{
    [Fact]
    public void Ephemeral_endpoints_all_differ_and_avoid_the_ports_of_outgoing_connections()
    {
        var ports = EndpointMap.Allocate(TestManifest.Typical(), [], ephemeral: true).All.Select(endpoint => endpoint.Port).ToList();
        var lowestOutgoing = int.Parse(File.ReadAllText("/proc/sys/net/ipv4/ip_local_port_range").Split()[0], CultureInfo.InvariantCulture);

        Assert.Equal(5, ports.Distinct().Count());
        Assert.All(ports, port => Assert.InRange(port, 1024, lowestOutgoing - 1));
    }

    [Fact]
    public void A_projects_external_endpoint_has_the_port_that_the_manifest_names()
    {
        var map = EndpointMap.Fixed(TestManifest.Typical());

        Assert.Equal(3001, map["front", "http"].Port);
        Assert.Equal(3002, map["back", "http"].Port);
        Assert.Null(map.Find("broker", "tcp"));
    }

    [Fact]
    public void A_requested_port_wins()
    {
        var free = FreePort();
        var map = EndpointMap.Allocate(TestManifest.Typical(), [new("front", "http", free), new("back", "http", 0)], ephemeral: false);

        Assert.Equal(free, map["front", "http"].Port);
        Assert.NotEqual(3002, map["back", "http"].Port);
    }

    [Fact]
    public void A_taken_port_is_reported_with_its_holder_and_the_remedy()
    {
        using var holder = new TcpListener(IPAddress.Loopback, 0);
        holder.Start();
        var port = ((IPEndPoint)holder.LocalEndpoint).Port;

        var exception = Assert.Throws<RunnerException>(
            () => EndpointMap.Allocate(TestManifest.Typical(), [new("front", "http", port)], ephemeral: true));

        Assert.Contains($"Port {port}", exception.Message, StringComparison.Ordinal);
        Assert.Contains($"process {Environment.ProcessId} (", exception.Message, StringComparison.Ordinal);
        Assert.Contains("--port front=", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void One_port_cannot_serve_two_endpoints()
    {
        var port = FreePort();

        var exception = Assert.Throws<RunnerException>(
            () => EndpointMap.Allocate(TestManifest.Typical(), [new("front", "http", port), new("back", "http", port)], ephemeral: true));

        Assert.Contains("another endpoint of this graph", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_request_for_an_endpoint_that_does_not_exist_is_refused()
    {
        Assert.Throws<ManifestException>(() => EndpointMap.Allocate(TestManifest.Typical(), [new("nope", "http", 0)], ephemeral: true));
        var exception = Assert.Throws<RunnerException>(() => EndpointMap.Allocate(TestManifest.Typical(), [new("front", "grpc", 0)], ephemeral: true));
        Assert.Contains("It has: http", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_port_that_another_runner_has_claimed_is_not_free_before_it_listens_there()
    {
        using var other = new PortAllocator();
        using var own = new PortAllocator();
        var claimed = other.AnyFree();

        Assert.NotEqual(claimed, own.Prefer(claimed));
        Assert.Throws<RunnerException>(() => own.Require(claimed, "front", "http"));

        other.Dispose();
        Assert.Equal(claimed, own.Prefer(claimed));
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
