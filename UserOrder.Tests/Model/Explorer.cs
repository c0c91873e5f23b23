using System.Runtime.InteropServices;

namespace UserOrder.Tests.Model;

/// <summary>Something that moves from state to state.</summary>
internal interface ITransitions<TState>
{
    TState Start { get; }

    /// <summary>The states after each possible step, and whether the step is a fault.</summary>
    IReadOnlyList<(TState Next, bool IsFault)> Next(TState state, bool withFaults);
}

/// <summary>
/// Visits every state that the system can reach with a number of faults: those that need the fewest faults first, and of these those that
/// need the fewest steps.
/// </summary>
/// <param name="transitions">The steps.</param>
/// <param name="faults">The most faults in one run.</param>
/// <param name="findViolation">The promise that a state breaks; null if it breaks none.</param>
/// <param name="isSettled">Whether nothing is left to do in a state.</param>
internal sealed class Explorer<TState>(
    ITransitions<TState> transitions, int faults, Func<TState, string?> findViolation, Func<TState, bool> isSettled)
    where TState : struct, IEquatable<TState>
{
    private readonly Dictionary<TState, int> _indexes = [];
    private readonly List<TState> _states = [];
    private readonly List<int> _parents = [];

    // The steps of state i without a fault lead to _next[_firstNext[i]] up to _next[_firstNext[i + 1]].
    private readonly List<int> _next = [];
    private readonly List<int> _firstNext = [];

    public int States => _states.Count;

    /// <summary>
    /// Explores until a state breaks a promise, or to the end. A state from which some run without further faults never settles breaks one,
    /// too.
    /// </summary>
    public Finding<TState>? Explore()
    {
        Visit(transitions.Start, parent: -1);
        for (var (layer, done) = (0, 0); layer <= faults; layer++)
        {
            var afterFault = layer < faults ? new Dictionary<TState, int>() : null;
            for (; done < _states.Count; done++)
            {
                if (Expand(done, afterFault) is { } violation)
                {
                    return new(violation, PathTo(done));
                }
            }

            foreach (var (state, parent) in afterFault ?? [])
            {
                Visit(state, parent);
            }
        }

        _firstNext.Add(_next.Count);
        return FindCycle() is { } last ? new("It may never settle: the steps go in a circle.", PathTo(last)) : null;
    }

    /// <returns>The promise that the state breaks.</returns>
    private string? Expand(int index, Dictionary<TState, int>? afterFault)
    {
        var state = _states[index];
        if (findViolation(state) is { } violation)
        {
            return violation;
        }

        _firstNext.Add(_next.Count);
        foreach (var (next, isFault) in transitions.Next(state, withFaults: afterFault is not null))
        {
            if (!isFault)
            {
                _next.Add(Visit(next, index));
            }
            else if (!_indexes.ContainsKey(next))
            {
                afterFault!.TryAdd(next, index);
            }
        }

        return _next.Count == _firstNext[index] && !isSettled(state) ? "It never settles: no step is left." : null;
    }

    private int Visit(TState state, int parent)
    {
        ref var index = ref CollectionsMarshal.GetValueRefOrAddDefault(_indexes, state, out var isKnown);
        if (!isKnown)
        {
            index = _states.Count;
            _states.Add(state);
            _parents.Add(parent);
        }

        return index;
    }

    private List<TState> PathTo(int index)
    {
        var path = new List<TState>();
        for (var i = index; i >= 0; i = _parents[i])
        {
            path.Add(_states[i]);
        }

        path.Reverse();
        return path;
    }

    /// <summary>Searches depth-first for a circle of steps without a fault. Without one, every run without further faults ends.</summary>
    private int? FindCycle()
    {
        var tried = _firstNext.ToArray();
        var isOnPath = new bool[_states.Count];
        var path = new Stack<int>();
        for (var root = 0; root < _states.Count; root++)
        {
            path.Push(root);
            while (path.TryPeek(out var state))
            {
                isOnPath[state] = true;
                if (tried[state] == _firstNext[state + 1])
                {
                    isOnPath[path.Pop()] = false;
                }
                else if (_next[tried[state]++] is var next && isOnPath[next])
                {
                    return next;
                }
                else if (tried[next] == _firstNext[next])
                {
                    path.Push(next);
                }
            }
        }

        return null;
    }
}

/// <summary>A path with the fewest faults, and of these a shortest one, to a state that breaks a promise.</summary>
internal sealed record Finding<TState>(string Violation, IReadOnlyList<TState> Path);
