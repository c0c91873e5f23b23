using System.Globalization;
using System.Reflection;

namespace UserOrder.Tests.Model;

/// <summary>No interleaving of the protocol's steps with faults breaks a promise, within bounds.</summary>
public sealed class ProtocolTests(ITestOutputHelper output)
{
    private const string BoundsVariable = "USERORDER_MODEL_BOUNDS";

    /// <summary>Users, orders and faults. <c>USERORDER_MODEL_BOUNDS</c> selects others, such as <c>2 2 0</c>, for a long run.</summary>
    public static TheoryData<int, int, int> Explored { get; } =
        Environment.GetEnvironmentVariable(BoundsVariable)?.Split(' ') is [var users, var orders, var faults]
            ? new() { { Parse(users), Parse(orders), Parse(faults) } }
            : new() { { 1, 0, 3 }, { 1, 1, 1 }, { 2, 0, 1 } };

    [Theory]
    [MemberData(nameof(Explored))]
    public void Every_run_keeps_the_promises_and_settles_after_the_last_fault(int users, int orders, int faults)
    {
        var bounds = new Bounds(users, orders);
        var protocol = new Protocol(bounds);
        var invariants = new Invariants(bounds);
        var explorer = new Explorer<State>(protocol, faults, invariants.FindViolation, invariants.IsSettled);

        var finding = explorer.Explore();

        output.WriteLine($"{users} users, {orders} orders, {faults} faults: {explorer.States:N0} states");
        Assert.True(finding is null, finding is null ? "" : string.Join('\n', CounterExample.Of(protocol, bounds, finding)));
    }

    [Fact]
    public void Every_rule_takes_place()
    {
        var bounds = new Bounds(Users: 1, Orders: 0);
        var protocol = new Protocol(bounds);
        var taken = new HashSet<string>();
        new Explorer<State>(protocol, faults: 2, Watch, _ => true).Explore();

        Assert.Empty(Rules().Except(taken));

        string? Watch(State state)
        {
            taken.UnionWith(protocol.StepsFrom(state, withFaults: true).Select(step => step.Rule));
            return null;
        }
    }

    /// <summary>Otherwise the canonical form would hide states.</summary>
    [Theory]
    [InlineData(1, 0, 1)]
    [InlineData(1, 1, 0)]
    [InlineData(2, 0, 0)]
    public void Exchanged_names_change_neither_the_canonical_form_nor_the_steps(int users, int orders, int faults)
    {
        var bounds = new Bounds(users, orders);
        var protocol = new Protocol(bounds);
        var seen = 0;
        new Explorer<State>(protocol, faults, Compare, _ => true).Explore();

        Assert.True(seen > 100, $"Only {seen} states were compared.");

        string? Compare(State state)
        {
            seen++;
            List<State> others = [state.WithOtherReplicas(0, bounds), state.WithOtherReplicas(1, bounds)];
            if (users == 2)
            {
                others.Add(state.WithOtherUsers(bounds));
            }

            foreach (var other in others)
            {
                Assert.Equal(protocol.Canonical(state), protocol.Canonical(other));
                Assert.Equal(Successors(state), Successors(other));
            }

            return null;
        }

        HashSet<(State, bool)> Successors(State state) => [.. protocol.Next(state, withFaults: true)];
    }

    private static int Parse(string number) => int.Parse(number, CultureInfo.InvariantCulture);

    private static IEnumerable<string> Rules() =>
        from side in typeof(Protocol).Assembly.GetTypes()
        where side.Namespace == typeof(Protocol).Namespace && side.IsAbstract && side.Name.EndsWith("Steps", StringComparison.Ordinal)
        from rule in side.GetFields(BindingFlags.Public | BindingFlags.Static)
        select (string)rule.GetRawConstantValue()!;
}
