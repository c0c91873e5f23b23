using Microsoft.Extensions.Logging;
using Polly;
using Polly.CircuitBreaker;

namespace UserOrder.Messaging.Resilience;

/// <summary>
/// A circuit breaker between this service and a server. It opens when an outage fails at least half of the calls within 10 s, and then lets
/// one call a second through until one succeeds.
/// </summary>
/// <remarks>It fails fast; the caller backs off. Together they notice the end of an outage within 3 s.</remarks>
internal sealed partial class Circuit
{
    private readonly ResiliencePipeline _pipeline;
    private readonly CircuitBreakerStateProvider _state = new();
    private readonly ILogger<Circuit> _logger;
    private bool _isLoggedAsOpen;

    /// <param name="name">The caller and the server, such as <c>relay-broker</c>.</param>
    /// <param name="isOutage">Distinguishes an outage of the server from a faulty call.</param>
    /// <param name="time">The clock that times the breaks.</param>
    /// <param name="logger">Logs each change of state.</param>
    public Circuit(string name, Func<Exception, bool> isOutage, TimeProvider time, ILogger<Circuit> logger)
    {
        Name = name;
        _logger = logger;
        _pipeline = new ResiliencePipelineBuilder { TimeProvider = new SteadyTime(time) }
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions
            {
                ShouldHandle = arguments => ValueTask.FromResult(arguments.Outcome.Exception is { } exception && isOutage(exception)),
                FailureRatio = 0.5,
                MinimumThroughput = 2,
                SamplingDuration = TimeSpan.FromSeconds(10),
                BreakDuration = TimeSpan.FromSeconds(1),
                StateProvider = _state,
                OnOpened = arguments => LogChange(isOpen: true, arguments.Outcome.Exception),
                OnClosed = _ => LogChange(isOpen: false, exception: null),
            })
            .Build();
    }

    public string Name { get; }

    public CircuitState State => _state.CircuitState;

    /// <summary>Calls the server, unless the circuit is open.</summary>
    /// <exception cref="BrokenCircuitException">The circuit is open, so the call was not made.</exception>
    public async Task<T> ExecuteAsync<T>(Func<Task<T>> call) => await _pipeline.ExecuteAsync(async _ => await call());

    /// <summary>Logs a circuit's opening once per outage, although the circuit opens again with each failed probe.</summary>
    private ValueTask LogChange(bool isOpen, Exception? exception)
    {
        if (isOpen && !_isLoggedAsOpen)
        {
            LogOpened(Name, exception?.Message);
        }
        else if (!isOpen)
        {
            LogClosed(Name);
        }

        _isLoggedAsOpen = isOpen;
        return ValueTask.CompletedTask;
    }

    [LoggerMessage(71, LogLevel.Warning, "The circuit {Circuit} opened: {Reason}")]
    private partial void LogOpened(string circuit, string? reason);

    [LoggerMessage(72, LogLevel.Information, "The circuit {Circuit} closed")]
    private partial void LogClosed(string circuit);
}
