using System.Runtime.InteropServices;

namespace UserOrder.Processes;

/// <summary>The signals that are sent here, by their Linux numbers.</summary>
internal enum Signal
{
    Interrupt = 2,
    Kill = 9,
    Terminate = 15,
    Continue = 18,
    Stop = 19,
}

internal static partial class Signals
{
    /// <summary>Sends a signal; to a process that has ended it is lost, which is what the sender wants.</summary>
    public static void Send(int processId, Signal signal) => _ = Kill(processId, (int)signal);

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int processId, int signal);
}
