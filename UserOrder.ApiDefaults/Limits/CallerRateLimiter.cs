using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using UserOrder.ApiDefaults.Problems;
using UserOrder.ApiDefaults.Security;

namespace UserOrder.ApiDefaults.Limits;

/// <summary>Limits how often each caller causes one kind of work that all callers share, such as calls of another service.</summary>
public sealed class CallerRateLimiter : IDisposable
{
    private readonly PartitionedRateLimiter<HttpContext>? _limiter;

    /// <summary>Creates the limiter. A service's own client may do ten times as much.</summary>
    /// <param name="access">Whose requests the service accepts.</param>
    /// <param name="perSecond">The rate of a caller, and the size of its bursts. 0 means no limit.</param>
    /// <param name="usual">The rate when <paramref name="perSecond"/> is null. An open service has no limit then.</param>
    public CallerRateLimiter(AccessControl access, int? perSecond, int usual)
    {
        ArgumentNullException.ThrowIfNull(access);
        var rate = perSecond ?? (access.IsOpen ? 0 : usual);
        _limiter = rate == 0 ? null : CallerRates.Create(rate, CallerRates.ServiceFactor * rate);
    }

    /// <summary>Whether the caller may do it once more now.</summary>
    public bool TryAcquire(HttpContext caller)
    {
        using var lease = _limiter?.AttemptAcquire(caller);
        return lease?.IsAcquired ?? true;
    }

    /// <summary>Answers <c>429</c> with <c>Retry-After</c>.</summary>
    public static ProblemHttpResult Refuse(HttpResponse response, string detail)
    {
        ArgumentNullException.ThrowIfNull(response);
        response.Headers.RetryAfter = "1";
        return ProblemTypes.TooManyRequests.ToResult(detail);
    }

    /// <inheritdoc/>
    public void Dispose() => _limiter?.Dispose();
}
