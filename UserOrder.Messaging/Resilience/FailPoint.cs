using System.Diagnostics;

namespace UserOrder.Messaging.Resilience;

/// <summary>
/// The steps of the protocol at which the fault tests kill or freeze the process. Only the build configuration <c>FailPoints</c> compiles
/// the calls. The file at <c>USERORDER_FAIL_POINT_FILE</c> holds <c>kill</c> or <c>freeze</c>, a step, and the name of a program if only
/// that one is meant. A process that reaches this step appends the action and its id to the file's name. Then it kills itself, as a power
/// failure would, or freezes until SIGCONT, as on a machine that is suspended.
/// </summary>
/// <remarks>
/// A process appends each step that it reaches, with the ids of the events, to a file of its own: <c>USERORDER_FAIL_POINT_TRACE</c> and its
/// id. A process that kills itself writes the line <c>killed</c> before.
/// </remarks>
internal static class FailPoint
{
    public const string RequestReceived = "request.received";
    public const string RequestCommitted = "request.committed";
    public const string RelayClaimed = "relay.claimed";
    public const string RelayTaken = "relay.taken";
    public const string RelayConfirmed = "relay.confirmed";
    public const string RelayDeleted = "relay.deleted";
    public const string RelayCommitted = "relay.committed";
    public const string RelaySwept = "relay.swept";
    public const string ConsumerReceived = "consumer.received";
    public const string ConsumerInboxWritten = "consumer.inbox-written";
    public const string ConsumerEffectWritten = "consumer.effect-written";
    public const string ConsumerCommitted = "consumer.committed";
    public const string ConsumerAcknowledged = "consumer.acknowledged";
    public const string DeadLetterConfirmed = "dead-letter.confirmed";

#if FAIL_POINTS
    private static readonly TextWriter? Trace =
        Environment.GetEnvironmentVariable("USERORDER_FAIL_POINT_TRACE") is { } file
            ? TextWriter.Synchronized(new StreamWriter($"{file}.{Environment.ProcessId}") { AutoFlush = true })
            : null;
#endif

    /// <summary>All steps, in the order in which an event passes them.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        RequestReceived,
        RequestCommitted,
        RelayClaimed,
        RelayTaken,
        RelayConfirmed,
        RelayDeleted,
        RelayCommitted,
        RelaySwept,
        ConsumerReceived,
        ConsumerInboxWritten,
        ConsumerEffectWritten,
        ConsumerCommitted,
        ConsumerAcknowledged,
        DeadLetterConfirmed,
    ];

    /// <summary>Records the step, then kills or freezes the process if a test has selected it.</summary>
    /// <param name="name">The step.</param>
    /// <param name="events">The ids of the events that have passed it.</param>
    [Conditional("FAIL_POINTS")]
    public static void Reach<TId>(string name, IEnumerable<TId> events)
    {
#if FAIL_POINTS
        Trace?.WriteLine($"{name} {string.Join(' ', events)}");
        if (Environment.GetEnvironmentVariable("USERORDER_FAIL_POINT_FILE") is not { } file || !File.Exists(file))
        {
            return;
        }

        try
        {
            if (File.ReadAllText(file).Split(' ') is [var action, var step, .. var programs] && step == name &&
                programs.All(program => program == AppDomain.CurrentDomain.FriendlyName))
            {
                // Several processes may arrive at once. Only the one that renames the file dies or freezes.
                File.Move(file, $"{file}.{action}.{Environment.ProcessId}");
                if (action == "freeze")
                {
                    using var freeze = Process.Start("bash", ["-c", "kill -STOP $PPID"]);
                    freeze.WaitForExit();
                    return;
                }

                Trace?.WriteLine("killed");
                Process.GetCurrentProcess().Kill();
#pragma warning disable RS0030 // This thread must not continue before the process is dead.
                Thread.Sleep(Timeout.Infinite);
#pragma warning restore RS0030
            }
        }
        catch (IOException)
        {
            // Another process has renamed the file.
        }
#endif
    }
}
