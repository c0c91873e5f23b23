using System.Diagnostics;

namespace UserOrder.Messaging.Resilience;

/// <summary>
/// The steps of the protocol at which the crash tests kill the process. Calls exist only in the build configuration
/// <c>FailPoints</c>: there, a process that reaches the step that is named in the file <c>USERORDER_FAIL_POINT_FILE</c> takes the file
/// away and ends like a power failure.
/// </summary>
internal static class FailPoint
{
    public const string RequestReceived = "request.received";
    public const string RequestCommitted = "request.committed";
    public const string RelayClaimed = "relay.claimed";
    public const string RelayConfirmed = "relay.confirmed";
    public const string RelayDeleted = "relay.deleted";
    public const string RelayCommitted = "relay.committed";
    public const string ConsumerReceived = "consumer.received";
    public const string ConsumerInboxWritten = "consumer.inbox-written";
    public const string ConsumerEffectWritten = "consumer.effect-written";
    public const string ConsumerCommitted = "consumer.committed";
    public const string ConsumerAcknowledged = "consumer.acknowledged";
    public const string DeadLetterConfirmed = "dead-letter.confirmed";

    /// <summary>In the order of an event's way.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        RequestReceived,
        RequestCommitted,
        RelayClaimed,
        RelayConfirmed,
        RelayDeleted,
        RelayCommitted,
        ConsumerReceived,
        ConsumerInboxWritten,
        ConsumerEffectWritten,
        ConsumerCommitted,
        ConsumerAcknowledged,
        DeadLetterConfirmed,
    ];

    /// <summary>Kills the process where the crash test wants it to end here.</summary>
    [Conditional("FAIL_POINTS")]
    public static void Reach(string name)
    {
#if FAIL_POINTS
        if (Environment.GetEnvironmentVariable("USERORDER_FAIL_POINT_FILE") is not { } file || !File.Exists(file))
        {
            return;
        }

        try
        {
            if (File.ReadAllText(file) == name)
            {
                // Of several processes that get here at once, the one that takes the file dies.
                File.Move(file, $"{file}.{Environment.ProcessId}");
                Process.GetCurrentProcess().Kill();
#pragma warning disable RS0030 // Nothing of this thread may run on until the process is dead.
                Thread.Sleep(Timeout.Infinite);
#pragma warning restore RS0030
            }
        }
        catch (IOException)
        {
            // Another process was faster.
        }
#endif
    }
}
