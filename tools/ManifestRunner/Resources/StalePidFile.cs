using System.Globalization;

namespace UserOrder.ManifestRunner.Resources;

/// <summary>
/// PostgreSQL leaves its <c>postmaster.pid</c> behind when the power fails, and refuses to start when some other
/// process of the same user has got that id meanwhile, which after a reboot is likely.
/// </summary>
internal static class StalePidFile
{
    public static void Delete(string data)
    {
        var file = Path.Combine(data, "postmaster.pid");
        if (File.Exists(file) && !IsPostgres(File.ReadLines(file).FirstOrDefault("")))
        {
            File.Delete(file);
        }
    }

    private static bool IsPostgres(string processId)
    {
        var name = $"/proc/{processId}/comm";
        return int.TryParse(processId, CultureInfo.InvariantCulture, out _)
            && File.Exists(name)
            && File.ReadAllText(name).StartsWith("postgres", StringComparison.Ordinal);
    }
}
