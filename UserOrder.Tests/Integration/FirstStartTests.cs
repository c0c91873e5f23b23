using System.Globalization;
using System.Text.RegularExpressions;
using UserOrder.Tests.Graph;

namespace UserOrder.Tests.Integration;

/// <summary>The first start on empty servers.</summary>
public sealed partial class FirstStartTests(RunningGraph graph) : IntegrationTest(graph)
{
    private readonly RunningGraph _graph = graph;

    [Fact]
    public void The_broker_logs_no_error_of_a_service_until_both_consume()
    {
        RequireOwnGraph();
        Assert.SkipWhen(ServersOfThisMachine.ReasonToSkip() is not null, ServersOfThisMachine.ReasonToSkip() ?? "");
        var log = LogFile.Read(Path.Combine(((LocalGraph)Graph).LogFolder, "rabbitmq.log"));
        var start = log.Split('\n').Where(line => TimeOf(line) < _graph.Started).ToList();

        Assert.Contains(start, line => OfService().IsMatch(line));
        Assert.DoesNotContain(start, line =>
            line.Contains("[error]", StringComparison.Ordinal) && OfService().IsMatch(line));
    }

    /// <summary>The time at the start of a line; the greatest for a line without one.</summary>
    private static DateTimeOffset TimeOf(string line) =>
        line.Split(" [")[0] is { Length: > 0 } text
        && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : DateTimeOffset.MaxValue;

    [GeneratedRegex("user:? '(user|order)-api'")]
    private static partial Regex OfService();
}
