using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace UserOrder.ApiDefaults.Limits;

/// <summary>Limits for one caller and for all callers together, from the configuration section <c>Limits</c>.</summary>
internal sealed class LimitOptions
{
    public const string Section = "Limits";

    /// <summary>
    /// The requests per second of one caller, and the size of its bursts. The token's subject identifies a caller, or without a token its
    /// address. 0 means no limit. Default: 500 when the service requires access tokens; no limit when it is open, because the address may
    /// be an ingress's or a load test's.
    /// </summary>
    [Range(0, 1_000_000)]
    public int? RequestsPerSecond { get; set; }

    /// <summary>
    /// The requests per second of a service's own client: its token has a scope for everybody's data, such as <c>things:read:any</c>. Such
    /// a client is limited apart from end users. Default: ten times <see cref="RequestsPerSecond"/>.
    /// </summary>
    [Range(1, 10_000_000)]
    public int? ServiceRequestsPerSecond { get; set; }

    /// <summary>
    /// The concurrent requests of one caller, from their headers to their answers; further ones are answered <c>429</c>. 0 means no limit.
    /// Default: 500 when the service requires access tokens; no limit when it is open.
    /// </summary>
    [Range(0, 1_000_000)]
    public int? ConcurrentRequestsPerCaller { get; set; }

    /// <summary>The concurrent requests of all callers, after their bodies have arrived; further ones wait. Default: 1000.</summary>
    [Range(1, 1_000_000)]
    public int ConcurrentRequests { get; set; } = 1000;

    /// <summary>The waiting requests; further ones are answered <c>503</c>. Default: 2000.</summary>
    [Range(0, 1_000_000)]
    public int QueuedRequests { get; set; } = 2000;

    /// <summary>The open connections; further ones are closed at once. Default: 10,000.</summary>
    [Range(1, 1_000_000)]
    public int Connections { get; set; } = 10_000;

    /// <summary>The seconds within which a client must send a request's headers. Default: 10.</summary>
    [Range(1, 600)]
    public int HeadersSeconds { get; set; } = 10;
}

[OptionsValidator]
internal sealed partial class LimitOptionsValidator : IValidateOptions<LimitOptions>;
