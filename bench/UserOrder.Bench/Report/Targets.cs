using UserOrder.Bench.Comparison;
using UserOrder.Bench.Contestants;

namespace UserOrder.Bench.Report;

/// <summary>
/// What is asked of UserOrder: each a ratio to what the same round has measured of another, or a time that a user notices.
/// </summary>
internal static class Targets
{
    private const string Ratio = "0.00×";

    public static IReadOnlyList<Target> Of(ComparisonResult result)
    {
        var (own, node) = (result.UserOrder, result.Node);
        var (few, many) = (own.PacedRuns[BenchPlan.FewUsers], own.PacedRuns[BenchPlan.ManyUsers]);
        return
        [
            Target.AtLeast("accepted requests/s at 32 connections, to Node", 2.8, Ratio, ToNode(32, run => run.Load.AcceptedPerSecond)),
            Target.AtLeast("accepted requests/s at 128 connections, to Node", 3.3, Ratio, ToNode(128, run => run.Load.AcceptedPerSecond)),
            .. result.Wolverine is { } wolverine ? [ToWolverine(wolverine, 32), ToWolverine(wolverine, 128)] : (Target[])[],
            Target.AtLeast(
                "end-to-end events/s at 128 connections, to the broker alone",
                1.3,
                Ratio,
                own.Runs[128].Zip(result.Raw, (run, raw) => run.EventsPerSecond / raw.MessagesPerSecond)),
            Target.AtMost("p99 at 128 connections, to Node", 0.5, Ratio, ToNode(128, run => run.Load.P99)),
            Target.AtMost("CPU an event at 128 connections", 125, "0 µs", own.Runs[128].Select(run => run.Cpu.All * 1000)),
            Target.AtMost("CPU an event with 1 connection", 600, "0 µs", own.Runs[1].Select(run => run.Cpu.All * 1000)),
            Target.AtMost(
                "p50 with 1 connection, to a bare INSERT … COMMIT",
                1.5,
                Ratio,
                own.Runs[1].Zip(own.Inserts, (run, insert) => run.Load.P50 / insert.P50)),
            Target.AtMost(
                "p99 with 1 connection, to a bare INSERT … COMMIT",
                3,
                Ratio,
                own.Runs[1].Zip(own.Inserts, (run, insert) => run.Load.P99 / insert.P99)),
            Target.AtMost("end-to-end lag p99 at 70 % of the maximum rate", 100, "0 ms", few.Select(run => run.Effects.LagP99)),
            Target.AtMost("peak RSS of the user service, to Node", 0.85, Ratio, MemoryToNode(peak => peak.UserService)),
            Target.AtMost("peak RSS of the order service, to Node", 1, Ratio, MemoryToNode(peak => peak.OrderService)),
            Target.AtMost("cold start of the user service", 1000, "0 ms", own.ColdStarts.Select(start => start.UserService)),
            Target.AtMost("cold start of the order service", 1000, "0 ms", own.ColdStarts.Select(start => start.OrderService)),
            Target.AtMost("idle CPU of the user service", 1, "0.0 \\%", own.IdleCpu.Select(idle => idle.UserService)),
            Target.AtMost("idle CPU of the order service", 1, "0.0 \\%", own.IdleCpu.Select(idle => idle.OrderService)),
            Target.AtMost(
                "CPU an event with 1,000,000 stored users, to 10,000", 1.1, Ratio, many.Zip(few, (a, b) => a.Cpu.All / b.Cpu.All)),
        ];

        IEnumerable<double> ToNode(int connections, Func<LoadRun, double> figure) =>
            own.Runs[connections].Zip(node.Runs[connections], (a, b) => figure(a) / figure(b));

        Target ToWolverine(ContestantRecord wolverine, int connections) => Target.AtLeast(
            $"accepted requests/s at {connections} connections, to Wolverine",
            5,
            Ratio,
            own.Runs[connections].Zip(wolverine.Runs[connections], (a, b) => a.Load.AcceptedPerSecond / b.Load.AcceptedPerSecond));

        IEnumerable<double> MemoryToNode(Func<ServicePair, double> figure) =>
            own.PeakMemory.Zip(node.PeakMemory, (a, b) => figure(a) / figure(b));
    }
}
