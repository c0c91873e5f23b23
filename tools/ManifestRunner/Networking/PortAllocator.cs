using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace UserOrder.ManifestRunner.Networking;

/// <summary>
/// Hands out free loopback ports, none of them twice. A port belongs to the allocator until it is disposed: a server
/// takes seconds from its start to the listening on its port, in which another runner would find that port free.
/// </summary>
internal sealed class PortAllocator : IDisposable
{
    private const int LowestPort = 10000;
    private const int AssumedLowestOutgoingPort = 32768;
    private const int LeastChoice = 2000;

    private static readonly (int From, int To) Range = AllocationRange();

    private readonly Dictionary<int, Socket> _claims = [];

    public int AnyFree()
    {
        const int attempts = 1000;
        for (var attempt = 0; attempt < attempts; attempt++)
        {
            var port = RandomNumberGenerator.GetInt32(Range.From, Range.To);
            if (TryTake(port))
            {
                return port;
            }
        }

        throw new RunnerException($"No free TCP port was found between {Range.From} and {Range.To}.");
    }

    /// <summary>The port itself if it is free, else any other.</summary>
    public int Prefer(int port) => TryTake(port) ? port : AnyFree();

    /// <exception cref="RunnerException">The port is taken; the message says by what.</exception>
    public int Require(int port, string resource, string binding)
    {
        if (TryTake(port))
        {
            return port;
        }

        var holder = _claims.ContainsKey(port) ? "another endpoint of this graph" : PortHolder.Find(port) ?? "another program";
        throw new RunnerException(
            $"Port {port}, which '{resource}' needs, is taken by {holder}. Stop that, or choose another port: " +
            $"--port {resource}{(binding == "http" ? "" : $".{binding}")}=NUMBER (0 takes any free one).");
    }

    public void Dispose()
    {
        foreach (var claim in _claims.Values)
        {
            claim.Dispose();
        }
    }

    private bool TryTake(int port)
    {
        if (_claims.ContainsKey(port) || Claim(port) is not { } claim)
        {
            return false;
        }

        if (!IsFree(port))
        {
            claim.Dispose();
            return false;
        }

        _claims.Add(port, claim);
        return true;
    }

    // A socket in the abstract namespace is the lock: it leaves no file behind, ends with this process however that ends,
    // and is seen by exactly those who share the network's ports.
    private static Socket? Claim(int port)
    {
        var claim = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            claim.Bind(new UnixDomainSocketEndPoint($"\0userorder-port-{port}"));
            return claim;
        }
        catch (SocketException)
        {
            claim.Dispose();
            return null;
        }
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>
    /// The ports below those that the kernel gives to outgoing connections. One of the kernel's could be lost to any
    /// connection while its resource is stopped, even to a client that reconnects to it and so connects to itself.
    /// </summary>
    private static (int From, int To) AllocationRange()
    {
        const string outgoing = "/proc/sys/net/ipv4/ip_local_port_range";
        var lowestOutgoing = File.Exists(outgoing)
            ? int.Parse(File.ReadAllText(outgoing).Split('\t', ' ')[0], CultureInfo.InvariantCulture)
            : AssumedLowestOutgoingPort;
        return lowestOutgoing > LowestPort + LeastChoice ? (LowestPort, lowestOutgoing) : (LowestPort, ushort.MaxValue);
    }
}
