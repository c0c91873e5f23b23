namespace UserOrder.Simulation.Model;

/// <summary>What has happened, and what of it within the measured time.</summary>
internal sealed class Ledger(double from)
{
    private readonly List<double> _lags = [];
    private readonly List<double> _latencies = [];

    /// <summary>Requests that were sent.</summary>
    public long Sent { get; private set; }

    /// <summary>Requests that were answered.</summary>
    public long Answered { get; private set; }

    /// <summary>Users that were committed.</summary>
    public long Accepted { get; set; }

    /// <summary>Events whose effect was committed.</summary>
    public long Committed { get; private set; }

    /// <summary>Requests sent within the measured time.</summary>
    public long MeasuredArrivals { get; private set; }

    /// <summary>Requests answered within the measured time.</summary>
    public long MeasuredAnswers => _latencies.Count;

    /// <summary>Events committed within the measured time.</summary>
    public long MeasuredCommits { get; private set; }

    /// <summary>The latencies of the requests that were answered in the measured time, in seconds.</summary>
    public Quantiles Latencies => new(_latencies);

    /// <summary>The lags of the events of the measured time, in seconds.</summary>
    public Quantiles Lags => new(_lags);

    public void Send(double now)
    {
        Sent++;
        if (now >= from)
        {
            MeasuredArrivals++;
        }
    }

    public void Answer(double sentAt, double now)
    {
        Answered++;
        if (now >= from)
        {
            _latencies.Add(now - sentAt);
        }
    }

    public void Commit(Occurrence occurrence, double now)
    {
        Committed++;
        if (now >= from)
        {
            MeasuredCommits++;
        }

        if (occurrence.Time >= from)
        {
            _lags.Add(now - occurrence.Time);
        }
    }
}
