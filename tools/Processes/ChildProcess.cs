using System.Diagnostics;

namespace UserOrder.Processes;

/// <summary>A program in its own session, which signals of the terminal do not reach. It never outlives this process.</summary>
internal sealed class ChildProcess
{
    // The pipe closes when this process exits in any way; then the subshell kills the process group of the session. Only bash keeps
    // variables whose names are not shell identifiers, such as services__user-api__http__0. Without <&0 bash would connect the subshell's
    // input to /dev/null, which ends at once.
    private const string WithSupervisor = "(read -r _; kill -KILL 0) <&0 >/dev/null 2>&1 & exec \"$@\" </dev/null 2>&1";

    // A grandchild may keep the output open; this must not delay the report of the child's exit.
    private static readonly TimeSpan OutputGrace = TimeSpan.FromSeconds(5);

    private readonly Process _process;

    private ChildProcess(Process process, Action<string> onLine)
    {
        _process = process;
        Id = process.Id;

        // Reading a pipe blocks, and the pool has few threads on a small machine, so use a dedicated thread.
        var output = Task.Factory.StartNew(() => ReadLines(process.StandardOutput, onLine), TaskCreationOptions.LongRunning);
        Exited = WaitForExitAsync(output);
    }

    /// <summary>The id of the process and of its session.</summary>
    public int Id { get; }

    /// <summary>Completes with the exit code, which is 128 + n after signal n.</summary>
    public Task<int> Exited { get; }

    /// <exception cref="System.ComponentModel.Win32Exception">Bash or setsid is missing.</exception>
    public static ChildProcess Start(ProcessSpecification specification, Action<string> onLine)
    {
        var start = new ProcessStartInfo(
            "setsid", ["bash", "-c", WithSupervisor, "bash", specification.FileName, .. specification.Arguments])
        {
            WorkingDirectory = specification.WorkingDirectory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        foreach (var (name, value) in specification.Environment)
        {
            start.Environment[name] = value;
        }

        return new ChildProcess(Process.Start(start)!, onLine);
    }

    /// <summary>Runs a program to its end.</summary>
    /// <returns>The exit code, 127 for a missing program, and the whole output.</returns>
    /// <exception cref="OperationCanceledException">The call was cancelled; the program has been killed.</exception>
    public static async Task<(int ExitCode, string Output)> RunAsync(
        ProcessSpecification specification, CancellationToken cancellationToken)
    {
        var output = new List<string>();
        var child = Start(specification, output.Add);
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

    /// <summary>Sends a signal, and kills the process with its family if it does not exit within the grace period.</summary>
    /// <returns>Whether the process exited by itself.</returns>
    public async Task<bool> StopAsync(Signal signal, TimeSpan grace)
    {
        Send(signal);
        var stopped = await Task.WhenAny(Exited, Task.Delay(grace)) == Exited;
        await KillAsync();
        return stopped;
    }

    /// <summary>Kills the process and its family, and waits for its exit.</summary>
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

        // Kill the rest of the session, so that no descendant outlives the program.
        ProcessFamily.Send(Id, Signal.Kill);
        await Task.WhenAny(output, Task.Delay(OutputGrace));
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
