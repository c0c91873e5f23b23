using System.Net.Sockets;
using System.Security.Claims;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http;
using UserOrder.ApiDefaults.Security;

namespace UserOrder.ApiDefaults.Limits;

/// <summary>Distinguishes callers, and limits the rate of each.</summary>
internal static class CallerRates
{
    /// <summary>A service acts for many callers, each of whom it limits itself.</summary>
    public const int ServiceFactor = 10;

    /// <summary>The number of rate limiters, a power of two. Callers share them by hash, which bounds the memory.</summary>
    private const int Buckets = 16 * 1024;

    private const int NetworkBytes = 8;

    /// <summary>A limiter of requests a second. Its refusal states when to retry.</summary>
    /// <param name="perSecond">The rate of a caller, and the size of its bursts.</param>
    /// <param name="ofServicePerSecond">The same for a service's own client.</param>
    public static PartitionedRateLimiter<HttpContext> Create(int perSecond, int ofServicePerSecond)
    {
        return PartitionedRateLimiter.Create<HttpContext, int>(
            context => RateLimitPartition.GetTokenBucketLimiter(PartitionOf(context), Bucket));

        TokenBucketRateLimiterOptions Bucket(int partition)
        {
            var rate = partition < Buckets ? perSecond : ofServicePerSecond;
            return new()
            {
                TokenLimit = rate,
                TokensPerPeriod = rate,
                ReplenishmentPeriod = TimeSpan.FromSeconds(1),
                QueueLimit = 0,
            };
        }
    }

    /// <summary>Maps a caller to its partition. No end user shares one with a service.</summary>
    public static int PartitionOf(HttpContext context) => BucketOf(context) + (Scopes.CoverEverybody(context.User) ? Buckets : 0);

    /// <summary>Maps a caller to its bucket. Two callers may share one.</summary>
    public static int BucketOf(HttpContext context)
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
            var isIPv6 = address.AddressFamily == AddressFamily.InterNetworkV6 && bytes.Length > NetworkBytes;
            hash.AddBytes(isIPv6 ? bytes.AsSpan(0, NetworkBytes) : bytes);
        }

        return hash.ToHashCode() & (Buckets - 1);
    }
}
