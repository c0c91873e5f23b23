using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace UserOrder.ApiDefaults.Limits;

/// <summary>How much one client, and all of them together, may take of a service; from the configuration section <c>Limits</c>.</summary>
internal sealed class LimitOptions
{
    public const string Section = "Limits";

    /// <summary>
    /// How many requests a second one caller may send, by the token's subject, or without a token by its address; as many at once after a
    /// pause. 0 is no limit. Default: 500 where access tokens are asked for; none where the API is open, where the address may be a whole
    /// load test's or an ingress's.
    /// </summary>
    [Range(0, 1_000_000)]
    public int? RequestsPerSecond { get; set; }

    /// <summary>How many requests are carried out at a time; more wait. Default: 1000.</summary>
    [Range(1, 1_000_000)]
    public int ConcurrentRequests { get; set; } = 1000;

    /// <summary>How many requests may wait for that; more are answered <c>503</c>. Default: 2000.</summary>
    [Range(0, 1_000_000)]
    public int QueuedRequests { get; set; } = 2000;

    /// <summary>How many connections there may be; more are closed as soon as they are made. Default: 10,000.</summary>
    [Range(1, 1_000_000)]
    public int Connections { get; set; } = 10_000;

    /// <summary>How many seconds a client may take for a request's headers. Default: 10.</summary>
    [Range(1, 600)]
    public int HeadersSeconds { get; set; } = 10;
}

[OptionsValidator]
internal sealed partial class LimitOptionsValidator : IValidateOptions<LimitOptions>;
