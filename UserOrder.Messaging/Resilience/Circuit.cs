using Microsoft.Extensions.Logging;
using Polly;
using Polly.CircuitBreaker;

namespace UserOrder.Messaging.Resilience;

/// <summary>
/// A circuit breaker between this service and a server. It opens when an outage fails two calls in a row, however long they take, and then
/// lets one call a second through until one succeeds.
/// </summary>
/// <remarks>
/// It fails fast; the caller backs off. Together they notice the end of an outage within 3 s. A rate of failures would overlook slow ones:
/// a call that runs into its time limit is the only one in 10 s.
/// </remarks>
internal sealed partial class Circuit
{
    private readonly ResiliencePipeline _pipeline;
    private readonly CircuitBreakerStateProvider _state = new();
    private readonly Func<Exception, bool> _isOutage;
    private readonly TimeProvider _time;
    private readonly ILogger<Circuit> _logger;
    private int _failuresInARow;
    private bool _isLoggedAsOpen;
    private long _changedAt;

    /// <param name="name">The caller and the server, such as <c>relay-broker</c>.</param>
    /// <param name="isOutage">Distinguishes an outage of the server from a faulty call.</param>
    /// <param name="time">The clock that times the breaks.</param>
    /// <param name="logger">Logs each change of state.</param>
    public Circuit(string name, Func<Exception, bool> isOutage, TimeProvider time, ILogger<Circuit> logger)
    {
        Name = name;
        _isOutage = isOutage;
        _time = time;
        _logger = logger;
        RecordChange();
        _pipeline = new ResiliencePipelineBuilder { TimeProvider = new SteadyTime(time) }
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions
            {
                // The circuit opens at the first failure that it handles. Polly demands two calls within the sampling duration.
                ShouldHandle = arguments => ValueTask.FromResult(IsRepeated(arguments.Outcome.Exception)),
                FailureRatio = 0,
                MinimumThroughput = 2,
                SamplingDuration = TimeSpan.FromHours(1),
                BreakDuration = TimeSpan.FromSeconds(1),
                StateProvider = _state,
                OnOpened = arguments => LogChange(isOpen: true, arguments.Outcome.Exception),
                OnClosed = _ => LogChange(isOpen: false, exception: null),
            })
            .Build();
    }

    public string Name { get; }

    public CircuitState State => _state.CircuitState;

    /// <summary>When the circuit last opened or closed; at first, when it was created.</summary>
    /// <remarks>A half-open circuit has been open since then, because its probes have failed.</remarks>
    public DateTimeOffset Since => DateTimeOffset.FromUnixTimeMilliseconds(Volatile.Read(ref _changedAt));

    /// <summary>Calls the server, unless the circuit is open.</summary>
    /// <exception cref="BrokenCircuitException">The circuit is open, so the call was not made.</exception>
    public async Task<T> ExecuteAsync<T>(Func<Task<T>> call) => await _pipeline.ExecuteAsync(async _ => await call());

    /// <summary>Whether a call has failed by an outage, and the one before, too.</summary>
    private bool IsRepeated(Exception? exception)
    {
        if (exception is null || !_isOutage(exception))
        {
            Interlocked.Exchange(ref _failuresInARow, 0);
            return false;
        }

        return Interlocked.Increment(ref _failuresInARow) > 1;
    }

    private void RecordChange() => Volatile.Write(ref _changedAt, _time.ReadWallClock().ToUnixTimeMilliseconds());

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

        if (isOpen != _isLoggedAsOpen)
        {
            RecordChange();
        }

        _isLoggedAsOpen = isOpen;
        return ValueTask.CompletedTask;
    }

    [LoggerMessage(71, LogLevel.Warning, "The circuit {Circuit} opened: {Reason}")]
    private partial void LogOpened(string circuit, string? reason);

    [LoggerMessage(72, LogLevel.Information, "The circuit {Circuit} closed")]
    private partial void LogClosed(string circuit);
}
