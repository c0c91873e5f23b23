namespace UserOrder.Tests.Model;

/// <summary>The rules of all sides together: which steps the system can take from a state.</summary>
/// <param name="bounds">The bounds.</param>
/// <param name="defect">A defect to plant; null for the protocol as it is.</param>
internal sealed class Protocol(Bounds bounds, Defect? defect = null) : ITransitions<State>
{
    private readonly Steps _steps = new(bounds);
    private readonly List<(State Next, bool IsFault)> _next = [];

    public State Start => default;

    /// <summary>The steps from a state.</summary>
    public IEnumerable<Step> StepsFrom(State state, bool withFaults)
    {
        _steps.Begin(state, withFaults);
        for (var replica = 0; replica < State.Replicas; replica++)
        {
            _steps.Replica = replica;
            AddReplica(_steps);
            for (var index = 0; index < bounds.Events; index++)
            {
                _steps.Index = index;
                AddEvent(_steps, bounds.IsSender(replica, index), isAwake: !state.IsFrozen(replica));
            }
        }

        if (withFaults)
        {
            ReplicaSteps.AddBrokerTo(_steps);
        }

        for (var index = 0; index < bounds.Events; index++)
        {
            _steps.Index = index;
            _steps.Replica = bounds.IsUser(index) ? 0 : 2;
            RelaySteps.AddTimeTo(_steps);
            BrokerSteps.AddLimitTo(_steps);
            OperatorSteps.AddTo(_steps);
            ReplicaSteps.AddDatabaseTo(_steps);
        }

        return defect is null ? _steps.All : _steps.All.Select(step => defect.Apply(state, step)).OfType<Step>();
    }

    /// <summary>The states after each step, in their canonical form.</summary>
    public IReadOnlyList<(State Next, bool IsFault)> Next(State state, bool withFaults)
    {
        _next.Clear();
        foreach (var step in StepsFrom(state, withFaults))
        {
            _next.Add((Canonical(step.Next), step.IsFault));
        }

        return _next;
    }

    /// <summary>
    /// The replicas of a service are alike, and so are two users with as many orders: states that differ only in those names run through
    /// the same steps. The exploration looks at the least of them only.
    /// </summary>
    public State Canonical(State state)
    {
        var least = WithLeastReplicas(state);
        return bounds.Users == 2 && bounds.Orders is 0 or 2 ? State.Least(least, WithLeastReplicas(state.WithOtherUsers(bounds))) : least;
    }

    /// <remarks>An exchange in one service changes no bit of an exchange in the other, so each is decided for itself.</remarks>
    private State WithLeastReplicas(State state)
    {
        state = State.Least(state, state.WithOtherReplicas(0, bounds));
        return State.Least(state, state.WithOtherReplicas(1, bounds));
    }

    private static void AddReplica(Steps steps)
    {
        ReplicaSteps.AddTo(steps);
        if (steps.HasFaults)
        {
            ReplicaSteps.AddFaultsTo(steps);
        }

        if (steps.From.IsFrozen(steps.Replica))
        {
            BrokerSteps.AddTimeTo(steps);
        }
        else
        {
            ConsumerSteps.AddChannelTo(steps);
        }
    }

    private static void AddEvent(Steps steps, bool isSender, bool isAwake)
    {
        if (isSender)
        {
            BrokerSteps.AddAnswersTo(steps);
        }

        switch (isSender, isAwake)
        {
            case (true, true):
                ClientSteps.AddTo(steps);
                RequestSteps.AddTo(steps);
                RelaySteps.AddTo(steps);
                break;
            case (false, true):
                BrokerSteps.AddDeliveriesTo(steps);
                ConsumerSteps.AddTo(steps);
                break;
        }
    }
}
