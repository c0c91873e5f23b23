using System.Diagnostics;
using System.Globalization;

namespace UserOrder.ManifestRunner.Processes;

/// <summary>
/// A tiny process that outlives this one just long enough to kill what it started: a pipe tells it about every start,
/// and the kernel closes that pipe however this process ends. A parent-death signal would not do, as it is bound to
/// the thread that forked, and the thread pool ends its threads.
/// </summary>
internal sealed class ProcessWatchdog : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Lock _lock = new();

    private ProcessWatchdog(Process process) => _process = process;

    public static ProcessWatchdog Start()
    {
        using var script = new StreamReader(typeof(ProcessWatchdog).Assembly.GetManifestResourceStream("watchdog.sh")!);
        // In a session of its own, so that the terminal's Ctrl-C does not reach it.
        var start = new ProcessStartInfo("setsid", ["bash", "-c", script.ReadToEnd()])
        {
            WorkingDirectory = "/",
            RedirectStandardInput = true,
        };
        return new ProcessWatchdog(Process.Start(start)!);
    }

    public void Watch(int processId) => Report('+', processId);

    public void Forget(int processId)
    {
        try
        {
            Report('-', processId);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // The watchdog has ended, and with it what it knew.
        }
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private void Report(char change, int processId)
    {
        lock (_lock)
        {
            _process.StandardInput.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{change}{processId}"));
            _process.StandardInput.Flush();
        }
    }
}
