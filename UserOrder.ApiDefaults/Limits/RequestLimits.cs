using System.Globalization;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using UserOrder.ApiDefaults.Problems;
using UserOrder.ApiDefaults.Security;

namespace UserOrder.ApiDefaults.Limits;

/// <summary>Limits the requests of each caller, and the concurrent requests of all. Probes and metrics are exempt.</summary>
internal sealed class RequestLimits(IOptions<LimitOptions> options, AccessControl access)
{
    private const int DefaultRequestsPerSecond = 500;
    private const int DefaultConcurrentRequestsPerCaller = 500;

    /// <summary>The rate and the concurrent requests of each caller.</summary>
    public RateLimiterOptions OfCaller()
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

        return Refusing(limiters.Count == 0 ? null : PartitionedRateLimiter.CreateChained([.. limiters]), ProblemTypes.TooManyRequests);
    }

    /// <summary>The concurrent requests of all callers together.</summary>
    public RateLimiterOptions OfAll() => Refusing(
        PartitionedRateLimiter.Create<HttpContext, int>(_ => RateLimitPartition.GetConcurrencyLimiter(
            0, _ => Concurrency(options.Value.ConcurrentRequests, options.Value.QueuedRequests))),
        ProblemTypes.Overloaded);

    private static ConcurrencyLimiterOptions Concurrency(int permits, int queued) => new()
    {
        PermitLimit = permits,
        QueueLimit = queued,
        QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
    };

    private static RateLimiterOptions Refusing(PartitionedRateLimiter<HttpContext>? limiter, ProblemType problem) => new()
    {
        GlobalLimiter = limiter,
        OnRejected = (rejected, _) =>
        {
            rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var wait);
            var context = rejected.HttpContext;
            context.Response.StatusCode = problem.Status;
            context.Response.Headers.RetryAfter = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
            return context.RequestServices.GetRequiredService<IProblemDetailsService>().WriteAsync(new ProblemDetailsContext
            {
                HttpContext = context,
                ProblemDetails = problem.ToDetails("Nothing was done. Try again later."),
            });
        },
    };
}
