using System.Diagnostics;

namespace UserOrder.ManifestRunner.Processes;

/// <summary>A program that runs in a session of its own, beyond the reach of the terminal's signals.</summary>
internal sealed class ChildProcess
{
    // Waiting for a line closes the gap between the fork and the watchdog's knowing of it: if the runner dies in
    // that gap, the line never comes and the shell ends instead of becoming the program. It has to be bash: other
    // shells drop variables whose names they could not use themselves, such as services__user-api__http__0.
    private const string WaitForGo = "read -r go && exec \"$@\" </dev/null 2>&1";

    // A grandchild may hold the output open; it must not hold up the news that the child has ended.
    private static readonly TimeSpan OutputGrace = TimeSpan.FromSeconds(5);

    private readonly Process _process;
    private readonly ProcessWatchdog _watchdog;

    private ChildProcess(Process process, ProcessWatchdog watchdog, Action<string> onLine)
    {
        _process = process;
        _watchdog = watchdog;
        Id = process.Id;
        // A thread of its own, as reading a pipe blocks, and the pool has few threads on a small machine.
        var output = Task.Factory.StartNew(() => ReadLines(process.StandardOutput, onLine), TaskCreationOptions.LongRunning);
        Exited = WaitForExitAsync(output);
    }

    /// <summary>The process's id, which is also its session's.</summary>
    public int Id { get; }

    /// <summary>Completes with the exit code, which is 128 + n after signal n.</summary>
    public Task<int> Exited { get; }

    /// <exception cref="RunnerException">The program cannot be started.</exception>
    public static ChildProcess Start(ProcessSpecification specification, ProcessWatchdog watchdog, Action<string> onLine)
    {
        var start = new ProcessStartInfo("setsid", ["bash", "-c", WaitForGo, "bash", specification.FileName, .. specification.Arguments])
        {
            WorkingDirectory = specification.WorkingDirectory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        foreach (var (name, value) in specification.Environment)
        {
            start.Environment[name] = value;
        }

        try
        {
            var process = Process.Start(start)!;
            watchdog.Watch(process.Id);
            process.StandardInput.WriteLine();
            process.StandardInput.Close();
            return new ChildProcess(process, watchdog, onLine);
        }
        catch (Exception exception) when (exception is System.ComponentModel.Win32Exception or IOException)
        {
            throw new RunnerException($"{specification.FileName} cannot be started: {exception.Message}", exception);
        }
    }

    /// <summary>Runs a program to its end.</summary>
    /// <returns>The exit code and everything that the program wrote.</returns>
    /// <exception cref="RunnerException">The program cannot be started.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the program has been killed.</exception>
    public static async Task<(int ExitCode, string Output)> RunAsync(
        ProcessSpecification specification, ProcessWatchdog watchdog, CancellationToken cancellationToken)
    {
        var output = new List<string>();
        var child = Start(specification, watchdog, output.Add);
        try
        {
            var exitCode = await child.Exited.WaitAsync(cancellationToken);
            return (exitCode, string.Join('\n', output));
        }
        finally
        {
            await child.KillAsync();
        }
    }

    public void Send(Signal signal) => Signals.Send(Id, signal);

    /// <summary>Asks the process to end, and kills its whole family if it does not within the grace period.</summary>
    /// <returns>Whether it ended by itself.</returns>
    public async Task<bool> StopAsync(Signal signal, TimeSpan grace, TimeProvider time)
    {
        Send(signal);
        var stopped = await Task.WhenAny(Exited, Task.Delay(grace, time)) == Exited;
        await KillAsync();
        return stopped;
    }

    /// <summary>Kills the process and everything that it started, and waits until it is gone.</summary>
    public async Task KillAsync()
    {
        if (!Exited.IsCompleted)
        {
            ProcessFamily.Send(Id, Signal.Kill);
        }

        await Exited;
    }

    private async Task<int> WaitForExitAsync(Task output)
    {
        await _process.WaitForExitAsync();
        // What is left of the session: nothing that the program started may outlive it.
        ProcessFamily.Send(Id, Signal.Kill);
        await Task.WhenAny(output, Task.Delay(OutputGrace));
        _watchdog.Forget(Id);
        return _process.ExitCode;
    }

    private static void ReadLines(StreamReader reader, Action<string> onLine)
    {
        while (reader.ReadLine() is { } line)
        {
            onLine(line);
        }
    }
}
