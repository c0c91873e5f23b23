using System.Globalization;
using System.Net.Sockets;
using System.Security.Claims;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using UserOrder.ApiDefaults.Problems;
using UserOrder.ApiDefaults.Security;

namespace UserOrder.ApiDefaults.Limits;

/// <summary>Limits the request rate of each caller and the concurrent requests of all. Probes and metrics are exempt.</summary>
internal sealed class RequestLimits(IOptions<LimitOptions> options, AccessControl access) : IConfigureOptions<RateLimiterOptions>
{
    private const int DefaultRequestsPerSecond = 500;

    /// <summary>The number of rate limiters, a power of two. Callers share them by hash, which bounds the memory.</summary>
    private const int Buckets = 16 * 1024;

    private const int NetworkBytes = 8;

    public void Configure(RateLimiterOptions limiter)
    {
        var all = PartitionedRateLimiter.Create<HttpContext, int>(_ => RateLimitPartition.GetConcurrencyLimiter(0, Concurrency));
        var rate = options.Value.RequestsPerSecond ?? (access.IsOpen ? 0 : DefaultRequestsPerSecond);
        limiter.GlobalLimiter = rate == 0 ? all : PartitionedRateLimiter.CreateChained(ByCaller(rate), all);
        limiter.OnRejected = RefuseAsync;
    }

    /// <summary>Maps a caller to its bucket. Two callers may share one.</summary>
    internal static int BucketOf(HttpContext context)
    {
        var hash = default(HashCode);
        if (context.User.FindFirstValue(AccessControl.SubjectClaim) is { } subject)
        {
            hash.Add(subject, StringComparer.Ordinal);
        }
        else if (context.Connection.RemoteIpAddress is { } address)
        {
            // A client chooses the last 64 bits of its IPv6 address freely (RFC 4291, section 2.5.4).
            var bytes = (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).GetAddressBytes();
            hash.AddBytes(address.AddressFamily == AddressFamily.InterNetworkV6 && bytes.Length > NetworkBytes ? bytes.AsSpan(0, NetworkBytes) : bytes);
        }

        return hash.ToHashCode() & (Buckets - 1);
    }

    private static PartitionedRateLimiter<HttpContext> ByCaller(int rate)
    {
        return PartitionedRateLimiter.Create<HttpContext, int>(context => RateLimitPartition.GetTokenBucketLimiter(BucketOf(context), Bucket));

        TokenBucketRateLimiterOptions Bucket(int _) => new()
        {
            TokenLimit = rate,
            TokensPerPeriod = rate,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1),
            QueueLimit = 0,
        };
    }

    private ConcurrencyLimiterOptions Concurrency(int _) => new()
    {
        PermitLimit = options.Value.ConcurrentRequests,
        QueueLimit = options.Value.QueuedRequests,
        QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
    };

    /// <summary>Only the token bucket reports when to retry, so that metadata shows which limiter refused.</summary>
    private static ValueTask RefuseAsync(OnRejectedContext rejected, CancellationToken cancellationToken)
    {
        var isRate = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var wait);
        var problem = isRate ? ProblemTypes.TooManyRequests : ProblemTypes.Overloaded;
        var context = rejected.HttpContext;
        context.Response.StatusCode = problem.Status;
        context.Response.Headers.RetryAfter = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        return context.RequestServices.GetRequiredService<IProblemDetailsService>().WriteAsync(new ProblemDetailsContext
        {
            HttpContext = context,
            ProblemDetails = problem.ToDetails("Nothing was done. Try again later."),
        });
    }
}
