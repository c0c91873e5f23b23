using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace UserOrder.ApiDefaults.Limits;

/// <summary>What a connection may cost before anybody knows whose it is.</summary>
internal sealed class ConnectionLimits(IOptions<LimitOptions> options) : IConfigureOptions<KestrelServerOptions>
{
    /// <summary>The most bytes of <c>GET /path?query HTTP/1.1</c>. The longest that the APIs know has some 150.</summary>
    private const int MaxRequestLineBytes = 4 * 1024;

    private const int MaxHeaderBytes = 16 * 1024;
    private const int MaxHeaders = 64;

    /// <summary>In bytes a second, past the grace period: slower is no network but a client that wants to keep the connection.</summary>
    private static readonly MinDataRate SlowestTransfer = new(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(5));

    public void Configure(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        var limits = kestrel.Limits;
        limits.MaxConcurrentConnections = options.Value.Connections;
        limits.MaxRequestBodySize = ServiceDefaultsExtensions.MaxRequestBodyBytes;
        limits.MaxRequestLineSize = MaxRequestLineBytes;
        limits.MaxRequestHeadersTotalSize = MaxHeaderBytes;
        limits.MaxRequestHeaderCount = MaxHeaders;
        limits.RequestHeadersTimeout = TimeSpan.FromSeconds(options.Value.HeadersSeconds);
        limits.MinRequestBodyDataRate = SlowestTransfer;
        limits.MinResponseDataRate = SlowestTransfer;
    }
}
