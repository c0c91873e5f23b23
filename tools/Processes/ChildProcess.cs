using System.Diagnostics;

namespace UserOrder.Processes;

/// <summary>A program in a session of its own, which the terminal's signals do not reach. It does not outlive this process.</summary>
internal sealed class ChildProcess
{
    // The pipe ends with this process, however that ends; then a subshell kills the session's process group. It has to be bash: other shells
    // drop variables whose names they could not use themselves, such as services__user-api__http__0. Without <&0 it would give the subshell
    // /dev/null to read from, which ends at once.
    private const string WithSupervisor = "(read -r _; kill -KILL 0) <&0 >/dev/null 2>&1 & exec \"$@\" </dev/null 2>&1";

    // A grandchild may hold the output open; it must not hold up the news that the child has ended.
    private static readonly TimeSpan OutputGrace = TimeSpan.FromSeconds(5);

    private readonly Process _process;

    private ChildProcess(Process process, Action<string> onLine)
    {
        _process = process;
        Id = process.Id;

        // A thread of its own, as reading a pipe blocks, and the pool has few threads on a small machine.
        var output = Task.Factory.StartNew(() => ReadLines(process.StandardOutput, onLine), TaskCreationOptions.LongRunning);
        Exited = WaitForExitAsync(output);
    }

    /// <summary>The process's id, which is also its session's.</summary>
    public int Id { get; }

    /// <summary>Completes with the exit code, which is 128 + n after signal n.</summary>
    public Task<int> Exited { get; }

    /// <exception cref="System.ComponentModel.Win32Exception">There is no bash or no setsid.</exception>
    public static ChildProcess Start(ProcessSpecification specification, Action<string> onLine)
    {
        var start = new ProcessStartInfo("setsid", ["bash", "-c", WithSupervisor, "bash", specification.FileName, .. specification.Arguments])
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
    /// <returns>The exit code, 127 for a program that is not there, and everything that the program wrote.</returns>
    /// <exception cref="OperationCanceledException">Cancelled; the program has been killed.</exception>
    public static async Task<(int ExitCode, string Output)> RunAsync(ProcessSpecification specification, CancellationToken cancellationToken)
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

    /// <summary>Asks the process to end, and kills its whole family if it does not within the grace period.</summary>
    /// <returns>Whether it ended by itself.</returns>
    public async Task<bool> StopAsync(Signal signal, TimeSpan grace)
    {
        Send(signal);
        var stopped = await Task.WhenAny(Exited, Task.Delay(grace)) == Exited;
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
