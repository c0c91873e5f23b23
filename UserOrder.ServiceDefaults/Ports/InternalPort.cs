using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;

namespace UserOrder.ServiceDefaults.Ports;

/// <summary>The port that serves internal endpoints, from <c>Security:InternalPort</c>. By default every port serves them.</summary>
internal sealed class InternalPort
{
    private const string Key = "Security:InternalPort";

    private readonly int? _number;

    private InternalPort(int? number) => _number = number;

    /// <summary>Whether internal endpoints are served on one port only.</summary>
    public bool IsSet => _number is not null;

    /// <exception cref="InvalidOperationException">The setting is not a port number.</exception>
    public static InternalPort Read(IConfiguration configuration)
    {
        var number = configuration.GetValue<int?>(Key);
        return number is null or (> 0 and <= ushort.MaxValue)
            ? new InternalPort(number)
            : throw new InvalidOperationException($"{Key} must be a port number from 1 to 65535, not {number}.");
    }

    /// <summary>Whether the request arrived on the internal port.</summary>
    /// <remarks>Compares the connection's port, because the client chooses the header <c>Host</c>.</remarks>
    public bool Received(HttpContext context) => context.Connection.LocalPort == _number;
}

/// <summary>Endpoint metadata: only the internal port serves this endpoint.</summary>
internal sealed class InternalOnly
{
    public static readonly InternalOnly Instance = new();
}
