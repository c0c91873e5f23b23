using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Npgsql;
using Polly.CircuitBreaker;
using RabbitMQ.Client;
using UserOrder.Messaging.Database;
using UserOrder.Messaging.Resilience;
using UserOrder.Messaging.Settings;
using UserOrder.Messaging.Telemetry;

namespace UserOrder.Messaging.Tests;

public sealed class CircuitTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly Circuit _circuit;
    private int _calls;

    public CircuitTests() =>
        _circuit = new Circuit("test", exception => exception is TimeoutException, _time, NullLogger<Circuit>.Instance);

    [Fact]
    public async Task An_outage_opens_the_circuit_and_a_success_after_one_second_closes_it()
    {
        await OpenAsync();

        await Assert.ThrowsAsync<BrokenCircuitException>(() => CallAsync(null));
        Assert.Equal(2, _calls);

        _time.Advance(TimeSpan.FromSeconds(1));
        await CallAsync(null);
        Assert.Equal(3, _calls);
        Assert.Equal(CircuitState.Closed, _circuit.State);
    }

    [Fact]
    public async Task Two_failures_that_take_10_s_each_open_it_even_right_after_many_successes()
    {
        for (var i = 0; i < 100; i++)
        {
            await CallAsync(null);
        }

        for (var i = 0; i < 2; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(10));
            await Assert.ThrowsAsync<TimeoutException>(() => CallAsync(new TimeoutException()));
        }

        Assert.Equal(CircuitState.Open, _circuit.State);
    }

    [Fact]
    public async Task Failures_with_a_success_in_between_do_not_open_it()
    {
        for (var i = 0; i < 20; i++)
        {
            await Assert.ThrowsAsync<TimeoutException>(() => CallAsync(new TimeoutException()));
            await CallAsync(null);
        }

        Assert.Equal(CircuitState.Closed, _circuit.State);
    }

    [Fact]
    public async Task A_step_back_of_the_wall_clock_does_not_prolong_its_break()
    {
        var time = new SteppedTime(_time);
        var circuit = new Circuit("stepped", exception => exception is TimeoutException, time, NullLogger<Circuit>.Instance);
        for (var i = 0; i < 2; i++)
        {
            await Assert.ThrowsAsync<TimeoutException>(() => circuit.ExecuteAsync(() => Task.FromException<int>(new TimeoutException())));
        }

        time.Step = TimeSpan.FromHours(-1);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(1, await circuit.ExecuteAsync(() => Task.FromResult(1)));
    }

    [Fact]
    public async Task During_an_outage_the_circuit_admits_one_call_per_second()
    {
        await OpenAsync();

        for (var second = 0; second < 5; second++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Assert.ThrowsAsync<TimeoutException>(() => CallAsync(new TimeoutException()));
            await Assert.ThrowsAsync<BrokenCircuitException>(() => CallAsync(null));
        }

        Assert.Equal(7, _calls);
    }

    [Fact]
    public async Task Failures_of_single_calls_do_not_open_the_circuit()
    {
        for (var i = 0; i < 20; i++)
        {
            await Assert.ThrowsAsync<InvalidOperationException>(() => CallAsync(new InvalidOperationException()));
        }

        Assert.Equal(CircuitState.Closed, _circuit.State);
    }

    [Fact]
    public async Task Each_outage_and_its_end_is_logged_once()
    {
        var log = new Journal();
        var circuit = new Circuit("test", exception => exception is TimeoutException, _time, log);
        for (var outage = 0; outage < 2; outage++)
        {
            await FailAsync();
            await FailAsync();
            for (var probe = 0; probe < 3; probe++)
            {
                _time.Advance(TimeSpan.FromSeconds(1));
                await FailAsync();
            }

            _time.Advance(TimeSpan.FromSeconds(1));
            await circuit.ExecuteAsync(() => Task.FromResult(1));
        }

        string[] once = ["Warning: The circuit test opened: no answer", "Information: The circuit test closed"];
        Assert.Equal([.. once, .. once], log.Lines);

        Task FailAsync() => Assert.ThrowsAsync<TimeoutException>(
            () => circuit.ExecuteAsync(() => Task.FromException<int>(new TimeoutException("no answer"))));
    }

    [Fact]
    public async Task Since_is_the_begin_of_an_outage_and_then_its_end()
    {
        var created = _time.GetUtcNow();
        Assert.Equal(created, _circuit.Since);

        _time.Advance(TimeSpan.FromMinutes(1));
        await OpenAsync();
        var opened = _time.GetUtcNow();
        Assert.Equal(opened, _circuit.Since);

        _time.Advance(TimeSpan.FromMinutes(1));
        await Assert.ThrowsAsync<TimeoutException>(() => CallAsync(new TimeoutException()));
        Assert.Equal(opened, _circuit.Since);

        _time.Advance(TimeSpan.FromMinutes(1));
        await CallAsync(null);
        Assert.Equal(_time.GetUtcNow(), _circuit.Since);
    }

    [Fact]
    public async Task Failures_of_the_database_or_a_cancellation_do_not_open_the_circuit_to_the_broker()
    {
        var circuits = CreateCircuits(out _);
        foreach (var failure in new Exception[] { new OperationCanceledException(), new NpgsqlException() })
        {
            for (var i = 0; i < 3; i++)
            {
                await Assert.ThrowsAsync(
                    failure.GetType(), () => circuits.RelayToBroker.ExecuteAsync(() => Task.FromException<int>(failure)));
            }
        }

        Assert.Equal(CircuitState.Closed, circuits.RelayToBroker.State);
    }

    [Fact]
    public async Task A_gauge_reports_the_state_of_each_circuit()
    {
        var circuits = CreateCircuits(out var meters);
        for (var i = 0; i < 2; i++)
        {
            await Assert.ThrowsAsync<IOException>(
                () => circuits.RelayToBroker.ExecuteAsync(() => Task.FromException<int>(new IOException())));
        }

        var states = Gauges.Read<int>(meters, "userorder.circuit_breaker.state", "userorder.circuit_breaker.name");

        Assert.Equal(2, states["relay-broker"]);
        Assert.Equal(0, states["consumer-database"]);

        _time.Advance(TimeSpan.FromSeconds(1));
        var probe = new TaskCompletionSource<int>();
        var probing = circuits.RelayToBroker.ExecuteAsync(() => probe.Task);
        Assert.Equal(1, Gauges.Read<int>(meters, "userorder.circuit_breaker.state")["relay-broker"]);

        probe.SetResult(1);
        await probing;
        Assert.Equal(0, Gauges.Read<int>(meters, "userorder.circuit_breaker.state")["relay-broker"]);
    }

    private Circuits CreateCircuits(out IMeterFactory meters)
    {
        meters = new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>();
        var telemetry = new MessagingTelemetry(meters, new ConnectionFactory(), Options.Create(new MessagingOptions()));
        return new Circuits(DatabaseFault.IsOutage, telemetry, _time, NullLogger<Circuit>.Instance);
    }

    private async Task OpenAsync()
    {
        await Assert.ThrowsAsync<TimeoutException>(() => CallAsync(new TimeoutException()));
        await Assert.ThrowsAsync<TimeoutException>(() => CallAsync(new TimeoutException()));
        Assert.Equal(CircuitState.Open, _circuit.State);
    }

    private Task<int> CallAsync(Exception? failure) => _circuit.ExecuteAsync(() =>
    {
        _calls++;
        return failure is null ? Task.FromResult(_calls) : Task.FromException<int>(failure);
    });

    private sealed class Journal : ILogger<Circuit>
    {
        public List<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Add($"{logLevel}: {formatter(state, exception)}");
    }
}
