using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace UserOrder.Processes;

/// <summary>Finds free loopback ports for programs with a fixed port.</summary>
internal static class FreePort
{
    private const int LowestPort = 10000;
    private const int AssumedLowestOutgoingPort = 32768;

    private static readonly ConcurrentDictionary<int, bool> Returned = new();

    /// <summary>
    /// A port that this process returns only once. It is below the range of outgoing connections, which could take the port while its
    /// program is stopped.
    /// </summary>
    public static int Next()
    {
        var end = LowestOutgoingPort();
        while (true)
        {
            var port = RandomNumberGenerator.GetInt32(LowestPort, end);
            if (IsFree(port) && Returned.TryAdd(port, true))
            {
                return port;
            }
        }
    }

    private static int LowestOutgoingPort()
    {
        const string outgoing = "/proc/sys/net/ipv4/ip_local_port_range";
        var lowest = File.Exists(outgoing)
            ? int.Parse(File.ReadAllText(outgoing).Split('\t', ' ')[0], CultureInfo.InvariantCulture)
            : AssumedLowestOutgoingPort;
        return lowest > LowestPort ? lowest : ushort.MaxValue;
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
}
