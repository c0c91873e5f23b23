using System.Globalization;

namespace UserOrder.Tests.Faults;

/// <summary>
/// The wall clock of a service, which a test can step. libfaketime replaces it in the process, and leaves the monotonic clock alone.
/// </summary>
internal sealed class SteppedClock
{
    private readonly string _file;

    /// <param name="file">The file from which the process reads the step.</param>
    public SteppedClock(string file)
    {
        _file = file;
        Step(TimeSpan.Zero);
    }

    /// <summary>The library; null if it is not installed.</summary>
    public static string? Library { get; } = Directory
        .EnumerateDirectories("/usr/lib", "*-linux-*")
        .Select(folder => Path.Combine(folder, "faketime", "libfaketimeMT.so.1"))
        .FirstOrDefault(File.Exists);

    /// <summary>The variables of the process.</summary>
    public IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string>
    {
        ["LD_PRELOAD"] = Library!,
        ["FAKETIME_TIMESTAMP_FILE"] = _file,
        ["FAKETIME_CACHE_DURATION"] = "1",
        ["FAKETIME_DONT_FAKE_MONOTONIC"] = "1",

        // Its work-around for an old glibc makes every timed wait of .NET return at once, so that the process spins.
        ["FAKETIME_FORCE_MONOTONIC_FIX"] = "0",
        ["FAKETIME_DISABLE_SHM"] = "1",
    };

    /// <summary>Steps the clock. The process follows within a second.</summary>
    /// <param name="offset">The difference to the machine's clock.</param>
    public void Step(TimeSpan offset)
    {
        var written = $"{_file}.new";
        File.WriteAllText(written, string.Create(CultureInfo.InvariantCulture, $"{offset.TotalSeconds:+0;-0;+0}"));
        File.Move(written, _file, overwrite: true);
    }
}
