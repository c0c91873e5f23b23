using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Polly.CircuitBreaker;
using UserOrder.Messaging.Resilience;

namespace UserOrder.Tests.Messaging;

public sealed class CircuitTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly Circuit _circuit;
    private int _calls;

    public CircuitTests() => _circuit = new Circuit("test", exception => exception is TimeoutException, _time, NullLogger<Circuit>.Instance);

    [Fact]
    public async Task An_outage_opens_it_and_the_first_success_after_a_second_closes_it()
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
    public async Task One_call_a_second_is_let_through_while_the_outage_lasts()
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
    public async Task A_call_that_is_wrong_in_itself_does_not_open_it()
    {
        for (var i = 0; i < 20; i++)
        {
            await Assert.ThrowsAsync<InvalidOperationException>(() => CallAsync(new InvalidOperationException()));
        }

        Assert.Equal(CircuitState.Closed, _circuit.State);
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
}
