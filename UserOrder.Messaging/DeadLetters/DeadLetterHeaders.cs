using System.Collections;
using System.Globalization;
using System.Text;
using RabbitMQ.Client;

namespace UserOrder.Messaging.DeadLetters;

/// <summary>Reads and writes the headers that record why and when a message became a dead letter.</summary>
/// <remarks>https://www.rabbitmq.com/docs/dlx#effects.</remarks>
internal static class DeadLetterHeaders
{
    /// <summary>Why the message became a dead letter, in one sentence.</summary>
    private const string Reason = "x-reason";

    /// <summary>The queue that the message came from.</summary>
    private const string Queue = "x-queue";

    /// <summary>When the message became a dead letter: UTC, in the round-trip form of ISO 8601.</summary>
    private const string Time = "x-died-at";

    /// <summary>How often the handler failed for the event.</summary>
    private const string Attempts = "x-attempts";

    /// <summary>When an operator last replayed the message, in the same form.</summary>
    private const string Replayed = "x-replayed-at";

    /// <summary>When an operator last edited the event, in the same form.</summary>
    private const string Edited = "x-edited-at";

    /// <summary>The subject of the operator who last edited the event.</summary>
    private const string Editor = "x-edited-by";

    /// <summary>The size in bytes of the headers that the dead letter lacks.</summary>
    private const string Dropped = "x-dropped-header-bytes";

    private const string Deaths = "x-death";
    private const string FirstDeath = "x-first-death-";
    private const string FirstDeathReason = FirstDeath + "reason";
    private const string LastDeath = "x-last-death-";
    private const string DeliveryCount = "x-delivery-count";

    // All headers of a message must fit into one frame of 128 KiB, including those that dead-lettering adds.
    private const int MaxBytes = 64 * 1024;

    /// <summary>The message's headers plus those that record why and when it became a dead letter.</summary>
    public static Dictionary<string, object?> OfDeath(
        IDictionary<string, object?>? headers, string queue, string reason, int attempts, DateTimeOffset now)
    {
        var bytes = SizeOf(headers);
        var kept = bytes <= MaxBytes ? WithoutRecipients(headers) : new() { [Dropped] = bytes };
        kept[Reason] = reason;
        kept[Queue] = queue;
        kept[Time] = Format(now);
        kept.Remove(Attempts);
        if (attempts > 0)
        {
            kept[Attempts] = attempts;
        }

        return kept;
    }

    /// <summary>The headers that the message had before it became a dead letter, plus the time of the replay.</summary>
    public static Dictionary<string, object?> OfReplay(IDictionary<string, object?>? headers, DateTimeOffset now) =>
        new(WithoutRecipients(headers).Where(header => !IsOfDeath(header.Key))) { [Replayed] = Format(now) };

    /// <summary>Those of a replay, plus who edited the event and when. They stay if the message becomes a dead letter again.</summary>
    public static Dictionary<string, object?> OfEdit(IDictionary<string, object?>? headers, DateTimeOffset now, string? editor)
    {
        var marked = OfReplay(headers, now);
        marked[Edited] = Format(now);
        marked.Remove(Editor);
        if (editor is not null)
        {
            marked[Editor] = editor;
        }

        return marked;
    }

    /// <summary>The reason recorded by the consumer, or else by the broker; null if neither recorded one.</summary>
    public static string? ReasonOf(IDictionary<string, object?>? headers)
    {
        if (RecordedReasonOf(headers) is { } reason)
        {
            return reason;
        }

        var death = ValueOf(LatestDeath(headers), "reason") ?? ValueOf(headers, FirstDeathReason);
        return death is null ? null : AsText(death) switch
        {
            "delivery_limit" => "The broker gave up after the delivery limit.",
            "expired" => "The message expired in the queue.",
            "maxlen" => "The queue was full.",
            "rejected" => "A consumer rejected the message.",
            var other => $"The broker gave up: {other}.",
        };
    }

    /// <summary>The reason recorded by the consumer; null if it recorded none.</summary>
    public static string? RecordedReasonOf(IDictionary<string, object?>? headers) =>
        ValueOf(headers, Reason) is { } reason ? AsText(reason) : null;

    /// <summary>
    /// The time recorded by the consumer, or else by the broker, which records whole seconds; UTC, null if neither recorded one.
    /// </summary>
    public static DateTimeOffset? TimeOf(IDictionary<string, object?>? headers) =>
        ReadTime(headers, Time)
        ?? (ValueOf(LatestDeath(headers), "time") is AmqpTimestamp time ? DateTimeOffset.FromUnixTimeSeconds(time.UnixTime) : null);

    /// <summary>When an operator replayed the message, UTC; null if the message comes from its producer.</summary>
    public static DateTimeOffset? ReplayTimeOf(IDictionary<string, object?>? headers) => ReadTime(headers, Replayed);

    /// <summary>How often the handler failed for the event; zero without the header.</summary>
    public static long AttemptsOf(IDictionary<string, object?>? headers) => ReadCount(headers, Attempts);

    /// <summary>How often the broker had delivered the message before; zero without its header.</summary>
    public static long DeliveriesOf(IDictionary<string, object?>? headers) => ReadCount(headers, DeliveryCount);

    /// <summary>Every header as text, including tables and lists.</summary>
    public static Dictionary<string, string> AsText(IDictionary<string, object?>? headers) =>
        (headers ?? new Dictionary<string, object?>()).ToDictionary(header => header.Key, header => AsText(header.Value));

    private static bool IsOfDeath(string name) =>
        name is Reason or Queue or Time or Attempts or Replayed or Dropped or Deaths or DeliveryCount ||
        name.StartsWith(FirstDeath, StringComparison.Ordinal) ||
        name.StartsWith(LastDeath, StringComparison.Ordinal);

    /// <summary>
    /// Drops CC and BCC. The queues that they name have received the message before. The broker would route another copy to each of them,
    /// even to the queue in which the message became a dead letter (https://www.rabbitmq.com/docs/sender-selected).
    /// </summary>
    private static Dictionary<string, object?> WithoutRecipients(IDictionary<string, object?>? headers) =>
        (headers ?? new Dictionary<string, object?>()).Where(header => header.Key is not ("CC" or "BCC")).ToDictionary();

    /// <summary>Estimates the size of a value on the wire in bytes. The estimate is rather too high than too low.</summary>
    private static int SizeOf(object? value) => value switch
    {
        byte[] bytes => 5 + bytes.Length,
        string text => 5 + Encoding.UTF8.GetByteCount(text),
        IDictionary<string, object?> table => 5 + table.Sum(entry => 1 + Encoding.UTF8.GetByteCount(entry.Key) + SizeOf(entry.Value)),
        IList list => 5 + list.Cast<object?>().Sum(SizeOf),
        _ => 9,
    };

    private static IDictionary<string, object?>? LatestDeath(IDictionary<string, object?>? headers) =>
        ValueOf(headers, Deaths) is IList { Count: > 0 } deaths ? deaths[0] as IDictionary<string, object?> : null;

    private static string Format(DateTimeOffset time) => time.ToString("O", CultureInfo.InvariantCulture);

    private static DateTimeOffset? ReadTime(IDictionary<string, object?>? headers, string name) =>
        ValueOf(headers, name) is { } written &&
        DateTimeOffset.TryParse(AsText(written), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;

    private static long ReadCount(IDictionary<string, object?>? headers, string name) => ValueOf(headers, name) switch
    {
        (int or long or short or byte or uint) and var count => Convert.ToInt64(count, CultureInfo.InvariantCulture),
        _ => 0,
    };

    private static object? ValueOf(IDictionary<string, object?>? table, string name) =>
        table?.TryGetValue(name, out var value) == true ? value : null;

    private static string AsText(object? value) => value switch
    {
        null => "",
        byte[] bytes => Encoding.UTF8.GetString(bytes),
        AmqpTimestamp time => DateTimeOffset.FromUnixTimeSeconds(time.UnixTime).ToString("O", CultureInfo.InvariantCulture),
        IDictionary<string, object?> table => $"{{{string.Join(", ", table.Select(entry => $"{entry.Key}: {AsText(entry.Value)}"))}}}",
        IList list => $"[{string.Join(", ", list.Cast<object?>().Select(AsText))}]",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };
}
