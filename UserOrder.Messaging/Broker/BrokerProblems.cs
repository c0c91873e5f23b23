using Microsoft.Extensions.Options;
using UserOrder.Messaging.Settings;

namespace UserOrder.Messaging.Broker;

/// <summary>
/// Holds what the broker lacks or refuses at present, so that health shows it and the log has it once. A missing right makes the service
/// provision its broker user again.
/// </summary>
internal sealed class BrokerProblems(BrokerAccess access, TimeProvider time, IOptions<MessagingOptions> options)
{
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Quiet = TimeSpan.FromMinutes(10);

    // Another replica may end a problem that this one has seen. Without another failure, it does not count as current any more.
    private readonly TimeSpan _lifetime = LongestRetry + options.Value.RelayPollInterval;
    private readonly Dictionary<string, (string Reason, long At)> _problems = [];
    private readonly Lock _lock = new();

    /// <summary>The current problems, each with the broker's reason.</summary>
    public IReadOnlyList<string> Current
    {
        get
        {
            lock (_lock)
            {
                var current = _problems.Where(problem => IsCurrent(problem.Value.At));
                return [.. current.Select(problem => $"{problem.Key}: {problem.Value.Reason}").Order()];
            }
        }
    }

    /// <summary>Records a failure. If the broker lacks something, several components may meet the same reason.</summary>
    /// <returns>Whether it is the first failure of an outage, and no other component has met its reason. The caller logs it.</returns>
    public bool Report(string what, Exception exception)
    {
        var reason = BrokerFault.ReasonOf(exception);
        if (!BrokerFault.IsMissingSomething(exception))
        {
            return Report(what, reason);
        }

        access.Forget();
        lock (_lock)
        {
            var isKnown = _problems.Any(problem => problem.Key != what && problem.Value.Reason == reason && IsCurrent(problem.Value.At));
            return Report(what, reason) && !isKnown;
        }
    }

    /// <summary>Records a failure. Report it with each attempt.</summary>
    /// <returns>Whether it is the first one of an outage. The caller logs it.</returns>
    public bool Report(string what, string reason)
    {
        lock (_lock)
        {
            var isFirst = !_problems.TryGetValue(what, out var before) || time.GetElapsedTime(before.At) > Quiet;
            _problems[what] = (reason, time.GetTimestamp());
            return isFirst;
        }
    }

    /// <summary>Records a success.</summary>
    public void End(string what)
    {
        lock (_lock)
        {
            _problems.Remove(what);
        }
    }

    private bool IsCurrent(long at) => time.GetElapsedTime(at) < _lifetime;
}
