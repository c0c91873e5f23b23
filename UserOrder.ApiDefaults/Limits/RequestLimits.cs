using System.Globalization;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;
using UserOrder.ApiDefaults.Problems;
using UserOrder.ApiDefaults.Security;

namespace UserOrder.ApiDefaults.Limits;

/// <summary>Limits the requests of each caller, and the concurrent requests of all. Probes and metrics are exempt.</summary>
internal sealed class RequestLimits(IOptions<LimitOptions> options, AccessControl access)
{
    private const int DefaultRequestsPerSecond = 500;
    private const int DefaultConcurrentRequestsPerCaller = 500;

    /// <summary>The rate and the concurrent requests of each caller; null without a limit.</summary>
    public RateLimiterOptions? OfCaller()
    {
        var rate = options.Value.RequestsPerSecond ?? (access.IsOpen ? 0 : DefaultRequestsPerSecond);
        var concurrency = options.Value.ConcurrentRequestsPerCaller ?? (access.IsOpen ? 0 : DefaultConcurrentRequestsPerCaller);
        var limiters = new List<PartitionedRateLimiter<HttpContext>>();
        if (concurrency > 0)
        {
            limiters.Add(PartitionedRateLimiter.Create<HttpContext, int>(context =>
                RateLimitPartition.GetConcurrencyLimiter(CallerRates.PartitionOf(context), _ => Concurrency(concurrency, queued: 0))));
        }

        if (rate > 0)
        {
            var ofService = options.Value.ServiceRequestsPerSecond ?? CallerRates.ServiceFactor * rate;
            limiters.Add(CallerRates.Create(rate, ofService));
        }

        return limiters.Count == 0 ? null : new()
        {
            GlobalLimiter = PartitionedRateLimiter.CreateChained([.. limiters]),
            OnRejected = (rejected, _) => new(RefuseAsync(rejected.HttpContext, rejected.Lease, ProblemTypes.TooManyRequests)),
        };
    }

    /// <summary>The concurrent requests of all callers together.</summary>
    public ConcurrencyLimiter OfAll() => new(Concurrency(options.Value.ConcurrentRequests, options.Value.QueuedRequests));

    /// <summary>Answers a request that got no permit.</summary>
    public static Task RefuseAsync(HttpContext context, RateLimitLease lease, ProblemType problem)
    {
        lease.TryGetMetadata(MetadataName.RetryAfter, out var wait);
        context.Response.Headers.RetryAfter = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        return context.WriteProblemAsync(problem.ToDetails("Nothing was done. Try again later."));
    }

    private static ConcurrencyLimiterOptions Concurrency(int permits, int queued) => new()
    {
        PermitLimit = permits,
        QueueLimit = queued,
        QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
    };
}
