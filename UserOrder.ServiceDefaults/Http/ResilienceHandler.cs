using System.Net;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;
using Polly.Timeout;

namespace UserOrder.ServiceDefaults.Http;

/// <summary>
/// Bounds every call of another service: 3 s in all and 1 s an attempt; a safe method is tried up to three times with jittered back-off;
/// a circuit breaker stops asking for 5 s a service that fails half of at least ten calls within 10 s.
/// </summary>
/// <remarks>Only the safe methods of RFC 9110, section 9.2.1, are repeated: nobody knows what a lost POST has done.</remarks>
internal sealed partial class ResilienceHandler : DelegatingHandler
{
    private static readonly TimeSpan Total = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Attempt = TimeSpan.FromSeconds(1);
    private static readonly ResiliencePropertyKey<HttpRequestMessage> Request = new("request");

    private readonly ResiliencePipeline<HttpResponseMessage> _pipeline;
    private readonly ILogger<ResilienceHandler> _logger;

    public ResilienceHandler(TimeProvider time, ILogger<ResilienceHandler> logger)
    {
        _logger = logger;
        _pipeline = new ResiliencePipelineBuilder<HttpResponseMessage> { TimeProvider = time }
            .AddTimeout(Total)
            .AddRetry(new RetryStrategyOptions<HttpResponseMessage>
            {
                ShouldHandle = arguments => ValueTask.FromResult(IsSafe(arguments.Context) && IsFailure(arguments.Outcome)),
                MaxRetryAttempts = 2,
                Delay = TimeSpan.FromMilliseconds(100),
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
            })
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions<HttpResponseMessage>
            {
                ShouldHandle = arguments => ValueTask.FromResult(IsFailure(arguments.Outcome)),
                FailureRatio = 0.5,
                MinimumThroughput = 10,
                SamplingDuration = TimeSpan.FromSeconds(10),
                BreakDuration = TimeSpan.FromSeconds(5),
                OnOpened = _ =>
                {
                    LogOpened();
                    return default;
                },
                OnClosed = _ =>
                {
                    LogClosed();
                    return default;
                },
            })
            .AddTimeout(Attempt)
            .Build();
    }

    /// <exception cref="TimeoutRejectedException">No answer in time.</exception>
    /// <exception cref="BrokenCircuitException">The other service failed too often just now; it was not asked.</exception>
    /// <exception cref="HttpRequestException">The other service is out of reach.</exception>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var context = ResilienceContextPool.Shared.Get(cancellationToken);
        context.Properties.Set(Request, request);
        try
        {
            return await _pipeline.ExecuteAsync(
                async (attempt, handler) => await handler.SendOnceAsync(attempt.Properties.GetValue(Request, null!), attempt.CancellationToken),
                context,
                this);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private Task<HttpResponseMessage> SendOnceAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        base.SendAsync(request, cancellationToken);

    private static bool IsSafe(ResilienceContext context) =>
        context.Properties.GetValue(Request, null!).Method is var method &&
        (method == HttpMethod.Get || method == HttpMethod.Head || method == HttpMethod.Options);

    private static bool IsFailure(Outcome<HttpResponseMessage> outcome) =>
        outcome.Exception is HttpRequestException or TimeoutRejectedException ||
        outcome.Result is { StatusCode: >= HttpStatusCode.InternalServerError or HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests };

    [LoggerMessage(51, LogLevel.Warning, "The circuit breaker opened: the other service fails and is left alone for a while")]
    private partial void LogOpened();

    [LoggerMessage(52, LogLevel.Information, "The circuit breaker closed: the other service answers again")]
    private partial void LogClosed();
}
