using System.Globalization;
using System.Net.Sockets;
using System.Security.Claims;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using UserOrder.ApiDefaults.Problems;
using UserOrder.ApiDefaults.Security;

namespace UserOrder.ApiDefaults.Limits;

/// <summary>How many requests one caller may send, and how many are carried out at a time. Probes and metrics are not counted.</summary>
internal sealed class RequestLimits(IOptions<LimitOptions> options, AccessControl access) : IConfigureOptions<RateLimiterOptions>
{
    private const int DefaultRequestsPerSecond = 500;

    /// <summary>Callers share this many buckets, so that a million addresses take no more memory than these. A power of two.</summary>
    private const int Buckets = 16 * 1024;

    private const int NetworkBytes = 8;

    public void Configure(RateLimiterOptions limiter)
    {
        var all = PartitionedRateLimiter.Create<HttpContext, int>(_ => RateLimitPartition.GetConcurrencyLimiter(0, Concurrency));
        var rate = options.Value.RequestsPerSecond ?? (access.IsOpen ? 0 : DefaultRequestsPerSecond);
        limiter.GlobalLimiter = rate == 0 ? all : PartitionedRateLimiter.CreateChained(ByCaller(rate), all);
        limiter.OnRejected = RefuseAsync;
    }

    /// <summary>The same number for the same caller. That another one may have it, too, is the price of a bounded memory.</summary>
    internal static int BucketOf(HttpContext context)
    {
        var hash = default(HashCode);
        if (context.User.FindFirstValue(AccessControl.SubjectClaim) is { } subject)
        {
            hash.Add(subject, StringComparer.Ordinal);
        }
        else if (context.Connection.RemoteIpAddress is { } address)
        {
            // The last 64 bits of an IPv6 address are the client's own to choose (RFC 4291, section 2.5.4).
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

    /// <summary>A bucket knows when it has a token again, which tells it from the other limiter.</summary>
    private static ValueTask RefuseAsync(OnRejectedContext rejected, CancellationToken cancellationToken)
    {
        var isRate = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var wait);
        var (status, type, title) = isRate
            ? (StatusCodes.Status429TooManyRequests, ProblemTypes.TooManyRequests, "The caller sends too many requests.")
            : (StatusCodes.Status503ServiceUnavailable, ProblemTypes.Overloaded, "Too many requests are being carried out.");
        var context = rejected.HttpContext;
        context.Response.StatusCode = status;
        context.Response.Headers.RetryAfter = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        return context.RequestServices.GetRequiredService<IProblemDetailsService>().WriteAsync(new ProblemDetailsContext
        {
            HttpContext = context,
            ProblemDetails = new ProblemDetails { Type = type, Title = title, Detail = "Nothing was done. Try again later.", Status = status },
        });
    }
}
