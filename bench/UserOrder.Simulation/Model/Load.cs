namespace UserOrder.Simulation.Model;

/// <summary>What the clients do: one of the two.</summary>
internal abstract record Load
{
    /// <summary>A number of clients, each of which sends the next request when it has the answer.</summary>
    public sealed record Clients(int Count) : Load;

    /// <summary>Requests that come independently of each other and of the answers, so many a second on average.</summary>
    public sealed record Arrivals(double PerSecond) : Load;
}
