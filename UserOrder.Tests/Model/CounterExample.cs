namespace UserOrder.Tests.Model;

/// <summary>A finding as the names of its steps.</summary>
internal static class CounterExample
{
    /// <summary>
    /// Repeats the steps without the canonical form, in which a replica would change its name from one state to the next.
    /// </summary>
    public static IEnumerable<string> Of(Protocol protocol, Bounds bounds, Finding<State> finding)
    {
        var state = protocol.Start;
        foreach (var canonical in finding.Path.Skip(1))
        {
            var step = protocol.StepsFrom(state, withFaults: true).First(step => protocol.Canonical(step.Next) == canonical);
            yield return step.Describe(bounds);
            state = step.Next;
        }

        yield return finding.Violation;
    }
}
