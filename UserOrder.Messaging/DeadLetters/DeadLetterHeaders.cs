using System.Collections;
using System.Globalization;
using System.Text;
using RabbitMQ.Client;

namespace UserOrder.Messaging.DeadLetters;

/// <summary>What the headers of a dead letter say about its death, and those of them that it must not take into its next life.</summary>
/// <remarks>https://www.rabbitmq.com/docs/dlx#effects.</remarks>
internal static class DeadLetterHeaders
{
    private const string Deaths = "x-death";
    private const string FirstDeath = "x-first-death-";
    private const string FirstDeathReason = FirstDeath + "reason";
    private const string LastDeath = "x-last-death-";
    private const string DeliveryCount = "x-delivery-count";

    // Further queues to route to (https://www.rabbitmq.com/docs/sender-selected): they had the message the first time.
    private const string CarbonCopy = "CC";

    /// <summary>Why the message is dead: what the consumer said of it, or else the broker; null where neither did.</summary>
    public static string? ReasonOf(IDictionary<string, object?>? headers)
    {
        if (ValueOf(headers, DeadLetterPublisher.ReasonHeader) is { } reason)
        {
            return AsText(reason);
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

    /// <summary>When the consumer gave up, UTC, or else the broker, which writes whole seconds; null where neither did.</summary>
    public static DateTimeOffset? TimeOf(IDictionary<string, object?>? headers)
    {
        if (ValueOf(headers, DeadLetterPublisher.TimeHeader) is { } written &&
            DateTimeOffset.TryParse(AsText(written), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var died))
        {
            return died;
        }

        return ValueOf(LatestDeath(headers), "time") is AmqpTimestamp time ? DateTimeOffset.FromUnixTimeSeconds(time.UnixTime) : null;
    }

    /// <summary>The headers that the message had in its life, and may have in its next one.</summary>
    public static Dictionary<string, object?> WithoutDeath(IDictionary<string, object?>? headers) =>
        (headers ?? new Dictionary<string, object?>())
            .Where(header => !IsOfDeath(header.Key))
            .ToDictionary(header => header.Key, header => header.Value);

    /// <summary>Every header as text, tables and lists included.</summary>
    public static Dictionary<string, string> AsText(IDictionary<string, object?>? headers) =>
        (headers ?? new Dictionary<string, object?>()).ToDictionary(header => header.Key, header => AsText(header.Value));

    private static bool IsOfDeath(string name) =>
        name is DeadLetterPublisher.ReasonHeader or DeadLetterPublisher.QueueHeader or DeadLetterPublisher.TimeHeader ||
        name is Deaths or DeliveryCount or CarbonCopy ||
        name.StartsWith(FirstDeath, StringComparison.Ordinal) ||
        name.StartsWith(LastDeath, StringComparison.Ordinal);

    private static IDictionary<string, object?>? LatestDeath(IDictionary<string, object?>? headers) =>
        ValueOf(headers, Deaths) is IList { Count: > 0 } deaths ? deaths[0] as IDictionary<string, object?> : null;

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
