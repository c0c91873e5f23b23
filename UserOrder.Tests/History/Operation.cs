using System.Globalization;

namespace UserOrder.Tests.History;

/// <summary>A client's request.</summary>
/// <param name="Client">The number of the client, which sends one request after the other.</param>
/// <param name="Start">The time just before it was sent, by a clock that only goes forward.</param>
/// <param name="End">The time just after its answer, by the same clock.</param>
/// <param name="Outcome">What the client knows about it.</param>
internal abstract record Operation(int Client, TimeSpan Start, TimeSpan End, Outcome Outcome) : HistoryEntry
{
    /// <summary>The request and its answer.</summary>
    protected abstract string Request { get; }

    /// <summary>Whether this request had ended before the other one was sent.</summary>
    public bool IsBefore(Operation later) => End <= later.Start;

    public sealed override string Describe() => string.Create(
        CultureInfo.InvariantCulture, $"{Start.TotalMilliseconds,8:0} to {End.TotalMilliseconds,8:0} ms  client {Client,2}  {Request}");
}
