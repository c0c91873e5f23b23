using UserOrder.Simulation.Engine;

namespace UserOrder.Simulation.Model;

/// <summary>Keeps the starts of batches apart, as <c>Pace</c> of UserOrder.Messaging does.</summary>
internal sealed class Pacing(Simulator simulator, TimeSpan interval)
{
    private double _next;

    public async Task WaitAsync()
    {
        if (_next > simulator.Now)
        {
            await simulator.DelayAsync(_next - simulator.Now);
        }

        _next = simulator.Now + interval.TotalSeconds;
    }
}
