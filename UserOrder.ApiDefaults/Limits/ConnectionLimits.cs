using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using UserOrder.ApiDefaults.Bodies;

namespace UserOrder.ApiDefaults.Limits;

/// <summary>Limits the cost of a connection before its caller is known.</summary>
internal sealed class ConnectionLimits(IOptions<LimitOptions> options) : IConfigureOptions<KestrelServerOptions>
{
    /// <summary>The longest <c>GET /path?query HTTP/1.1</c>. The APIs' own request lines have at most about 150 bytes.</summary>
    private const int MaxRequestLineBytes = 4 * 1024;

    private const int MaxHeaderBytes = 16 * 1024;
    private const int MaxHeaders = 64;

    /// <summary>A client that sends more slowly than this after the grace period holds the connection on purpose.</summary>
    private static readonly MinDataRate SlowestBody = new(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(5));

    /// <summary>
    /// A client that takes an answer more slowly than this after the grace period holds memory on purpose. The rate counts what the kernel
    /// buffers as taken, so a low one would let a client that reads nothing stay for hours.
    /// </summary>
    private static readonly MinDataRate SlowestReader = new(bytesPerSecond: 16 * 1024, gracePeriod: TimeSpan.FromSeconds(10));

    private static readonly DigitEncoding Digits = new();

    public void Configure(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.RequestHeaderEncodingSelector = static header => header == HeaderNames.ContentLength ? Digits : null;
        var limits = kestrel.Limits;
        limits.MaxConcurrentConnections = options.Value.Connections;
        limits.MaxRequestBodySize = RequestBody.MaxBytes;

        // A connection must not keep more than the largest body in memory; the framework's default is 1 MiB.
        limits.MaxRequestBufferSize = RequestBody.MaxBytes;
        limits.MaxRequestLineSize = MaxRequestLineBytes;
        limits.MaxRequestHeadersTotalSize = MaxHeaderBytes;
        limits.MaxRequestHeaderCount = MaxHeaders;
        limits.RequestHeadersTimeout = TimeSpan.FromSeconds(options.Value.HeadersSeconds);
        limits.MinRequestBodyDataRate = SlowestBody;
        limits.MinResponseDataRate = SlowestReader;
    }
}
