using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace UserOrder.Messaging.Settings;

/// <summary>The settings of the reliable path, from the configuration section <c>Messaging</c>. The defaults suit production.</summary>
public sealed class MessagingOptions
{
    /// <summary>The service's name: the CloudEvents <c>source</c> is <c>/name</c>. Set by <c>AddMessaging</c>.</summary>
    [Required]
    public string ServiceName { get; set; } = "";

    /// <summary>The topic exchange that every event goes through. Default: <c>user-order.events</c>.</summary>
    [Required]
    [StringLength(255)]
    public string Exchange { get; set; } = "user-order.events";

    /// <summary>The most bytes an event may have, envelope included, out and in. Default: 256 KiB.</summary>
    [Range(1024, 128 * 1024 * 1024)]
    public int MaxMessageBytes { get; set; } = 256 * 1024;

    /// <summary>The most events that a lane of the relay claims, and so has in flight, at once. Default: 500.</summary>
    [Range(1, 10_000)]
    public int RelayBatchSize { get; set; } = 500;

    /// <summary>How many channels the relay publishes on side by side, each with claims of its own. Default: 2.</summary>
    [Range(1, 64)]
    public int RelayLanes { get; set; } = 2;

    /// <summary>How often the relay looks for events that no signal announced. Default: 5 s.</summary>
    [Duration("00:00:00.100", "00:10:00")]
    public TimeSpan RelayPollInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long the relay waits for the broker's confirms before it opens a new channel and publishes again. Default: 10 s.</summary>
    [Duration("00:00:00.100", "00:00:25")]
    public TimeSpan ConfirmTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The shortest time between the starts of two batches of the relay, and of a consumer. It adds at most that much to an event's lag in
    /// each of them, and only while events follow each other faster: a batch of hundreds costs little more than a batch of one. Default:
    /// 25 ms.
    /// </summary>
    [Duration("00:00:00", "00:00:01")]
    public TimeSpan BatchInterval { get; set; } = TimeSpan.FromMilliseconds(25);

    /// <summary>How many unacknowledged messages the broker may have sent to one consumer. Default: 2000.</summary>
    [Range(1, ushort.MaxValue)]
    public int Prefetch { get; set; } = 2000;

    /// <summary>The most events that a consumer commits in one transaction. Default: 500.</summary>
    [Range(1, 10_000)]
    public int ConsumerBatchSize { get; set; } = 500;

    /// <summary>How often a handler may fail for one event before it becomes a dead letter. Default: 5.</summary>
    [Range(1, 100)]
    public int HandlerAttempts { get; set; } = 5;

    /// <summary>The pause after a handler's first failure for an event; each further one is twice as long, at most a minute. Default: 500 ms.</summary>
    [Duration("00:00:00.001", "00:01:00")]
    public TimeSpan HandlerRetryDelay { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How often the broker delivers a message whose consumer dies with it, before it becomes a dead letter. Default: 20.</summary>
    [Range(1, 10_000)]
    public int DeliveryLimit { get; set; } = 20;

    /// <summary>The most messages in a queue; past that the broker refuses and the outbox holds them. Default: 100,000.</summary>
    [Range(1, 100_000_000)]
    public int QueueMaxLength { get; set; } = 100_000;

    /// <summary>
    /// The most events the outbox may hold while the broker does not take them; past that, requests that would add one are answered
    /// <c>503</c>. Default: 1,000,000, which is about 1 GB of disk.
    /// </summary>
    [Range(1, int.MaxValue)]
    public int OutboxMaxRows { get; set; } = 1_000_000;

    /// <summary>The longest an event may wait in the outbox; past that, requests that would add one are answered <c>503</c>. Default: 1 day.</summary>
    [Duration("00:00:01", "365.00:00:00")]
    public TimeSpan OutboxMaxAge { get; set; } = TimeSpan.FromDays(1);

    /// <summary>
    /// How long a duplicate of an event is recognised. An event that is older when it arrives becomes a dead letter: it may be a duplicate.
    /// Default: 7 days.
    /// </summary>
    [Duration("00:01:00", "365.00:00:00")]
    public TimeSpan InboxRetention { get; set; } = TimeSpan.FromDays(7);

    /// <summary>How long a request's idempotency key is remembered at the least. Default: 24 h.</summary>
    [Duration("00:01:00", "365.00:00:00")]
    public TimeSpan IdempotencyRetention { get; set; } = TimeSpan.FromHours(24);

    /// <summary>Whether <c>/admin/dead-letters</c> is served. Who may call them is the service's to say. Default: false.</summary>
    public bool AdminEndpoints { get; set; }
}

[OptionsValidator]
internal sealed partial class MessagingOptionsValidator : IValidateOptions<MessagingOptions>;
