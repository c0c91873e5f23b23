using System.Diagnostics;

namespace UserOrder.Messaging.Resilience;

/// <summary>
/// The steps of the protocol at which the crash tests kill the process. Only the build configuration <c>FailPoints</c> compiles the calls.
/// The file at <c>USERORDER_FAIL_POINT_FILE</c> names a step. A process that reaches this step renames the file and kills itself, as a
/// power failure would.
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

    /// <summary>All steps, in the order in which an event passes them.</summary>
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

    /// <summary>Kills the process if the crash test has selected this step.</summary>
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
                // Several processes may arrive at once. Only the one that renames the file dies.
                File.Move(file, $"{file}.{Environment.ProcessId}");
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
