using System.Globalization;

namespace UserOrder.Messaging.Pausing;

/// <summary>Whether an operator has paused a consumer or the relay.</summary>
/// <param name="Name">The consumer's queue, or <c>relay</c>.</param>
/// <param name="IsPaused">Whether it is paused.</param>
/// <param name="Since">When it was paused or resumed; null if it has never been paused.</param>
/// <param name="By">The subject of the operator who did it; null if the service knows no callers.</param>
internal sealed record PauseState(string Name, bool IsPaused, DateTimeOffset? Since, string? By)
{
    /// <summary>The name of the relay.</summary>
    public const string Relay = "relay";

    /// <summary>The state of something that has never been paused.</summary>
    public static PauseState Initial(string name) => new(name, IsPaused: false, Since: null, By: null);

    /// <summary>Who has paused it and when.</summary>
    public string Describe() => string.Create(CultureInfo.InvariantCulture, $"paused by {By ?? "an unknown caller"} since {Since:u}");
}
