using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace UserOrder.Tests.Faults;

/// <summary>The result of a run as a Markdown table.</summary>
internal static class FaultReport
{
    public static string FilePath => Path.Combine(Repository.Root, "TestResults", "soak.md");

    public static async Task<string> CreateAsync(
        FaultySystem system, FaultSchedule schedule, TimeSpan duration, FaultRun run, AuditResult audit)
    {
        await using var broker = await system.ConnectToBrokerAsync();
        var brokerVersion = Encoding.UTF8.GetString((byte[])broker.ServerProperties!["version"]!);
        var databaseVersion = (await Sql.ReadAsync(system.UserDb, "show server_version", row => row.GetString(0)))[0].Split(' ')[0];
        var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (1024.0 * 1024 * 1024);
        var ledger = system.Ledger;
        var intents = ledger.Users.Values.Concat(ledger.Orders.Values).ToList();
        var report = new StringBuilder();
        Line($"{DateTimeOffset.UtcNow:yyyy-MM-dd}, seed {schedule.Seed}, {duration:hh\\:mm\\:ss} of faults.");
        Line($"Machine: {Environment.ProcessorCount} cores, {memory:0} GiB, {RuntimeInformation.OSDescription}.");
        Line($"RabbitMQ {brokerVersion}, PostgreSQL {databaseVersion}, .NET {Environment.Version}; two replicas of each service.");
        Line($"");
        Line($"| | |");
        Line($"| --- | ---: |");
        Line($"| asked for | {intents.Count} |");
        Line($"| requests | {ledger.Requests} |");
        Line($"| answered 201 | {intents.Count(intent => intent.CreatedId is not null)} |");
        Line($"| lost | {audit.Lost} |");
        Line($"| duplicated | {audit.Duplicated} |");
        Line($"| unreadable messages injected | {ledger.Poison.Count} |");
        Line($"| dead letters found | {ledger.DeadLetters.Count} |");
        Line($"| anything else found wrong | {audit.Findings - audit.Lost - audit.Duplicated} |");
        Line($"");
        Line($"| fault | times | worst recovery |");
        Line($"| --- | ---: | ---: |");
        foreach (var (kind, record) in run.Records)
        {
            Line($"| {kind} | {record.Count} | {record.WorstRecovery.TotalSeconds:0.0} s |");
        }

        return report.ToString();

        void Line(FormattableString line) => report.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
    }
}
