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

    /// <summary>A client that stays slower than this after the grace period holds the connection on purpose.</summary>
    private static readonly MinDataRate SlowestTransfer = new(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(5));

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
        limits.MinRequestBodyDataRate = SlowestTransfer;
        limits.MinResponseDataRate = SlowestTransfer;
    }
}
