namespace UserOrder.ManifestRunner.Terminal;

/// <summary>Recognizes the log lines of RabbitMQ and PostgreSQL that deserve a user's attention.</summary>
internal static class ServerSeverity
{
    private static readonly string[] Marks =
        [" [warning] ", " [error] ", " [critical] ", " WARNING: ", " ERROR: ", " FATAL: ", " PANIC: "];

    public static bool IsWarningOrWorse(string line) => Marks.Any(mark => line.Contains(mark, StringComparison.Ordinal));
}
