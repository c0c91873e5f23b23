using System.Globalization;

namespace UserOrder.Tests.Model;

/// <summary>One step of the system.</summary>
/// <param name="Rule">The rule, in which <c>{0}</c> stands for the replica and <c>{1}</c> for the event.</param>
/// <param name="IsFault">Whether something fails.</param>
/// <param name="Replica">The replica that the step is about.</param>
/// <param name="Index">The event that the step is about.</param>
/// <param name="Next">The state after the step.</param>
internal readonly record struct Step(string Rule, bool IsFault, int Replica, int Index, State Next)
{
    public string Describe(Bounds bounds) =>
        (IsFault ? "FAULT: " : "")
        + string.Format(CultureInfo.InvariantCulture, Rule, Bounds.NameOfReplica(Replica), bounds.NameOf(Index));
}

/// <summary>Collects the steps that are possible in one state.</summary>
internal sealed class Steps(Bounds bounds)
{
    private readonly List<Step> _steps = [];

    public Bounds Bounds => bounds;

    public State From { get; private set; }

    /// <summary>The replica whose rules are being asked.</summary>
    public int Replica { get; set; }

    /// <summary>The event whose rules are being asked.</summary>
    public int Index { get; set; }

    public EventState Event => From[Index];

    public IReadOnlyList<Step> All => _steps;

    /// <summary>Whether faults are wanted.</summary>
    public bool HasFaults { get; private set; }

    public void Begin(State from, bool withFaults)
    {
        _steps.Clear();
        From = from;
        HasFaults = withFaults;
    }

    /// <summary>Adds a step that changes the event only.</summary>
    public void Add(string rule, EventState changed) => Add(rule, From.With(Index, changed));

    public void Add(string rule, State next) => _steps.Add(new Step(rule, IsFault: false, Replica, Index, next));

    /// <summary>Adds a fault that changes the event only.</summary>
    public void AddFault(string rule, EventState changed) => AddFault(rule, From.With(Index, changed));

    /// <summary>Adds a fault, unless it changes nothing.</summary>
    public void AddFault(string rule, State next)
    {
        if (HasFaults && next != From)
        {
            _steps.Add(new Step(rule, IsFault: true, Replica, Index, next));
        }
    }
}
