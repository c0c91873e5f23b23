using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using UserOrder.Messaging.Events;

namespace UserOrder.Messaging.Settings;

/// <summary>The settings of the reliable path, from the configuration section <c>Messaging</c>. The defaults suit production.</summary>
public sealed class MessagingOptions
{
    /// <summary>
    /// The service's name. The CloudEvents <c>source</c> is <c>/name</c>. <c>AddMessaging</c> sets it.
    /// </summary>
    [Required]
    public string ServiceName { get; set; } = "";

    /// <summary>The topic exchange of all events. Default: <c>user-order.events</c>.</summary>
    [Required]
    [StringLength(255)]
    public string Exchange { get; set; } = "user-order.events";

    /// <summary>The maximum size of a published or received event in bytes, including its envelope. Default: 256 KiB.</summary>
    [Range(1024, 128 * 1024 * 1024)]
    public int MaxMessageBytes { get; set; } = 256 * 1024;

    /// <summary>
    /// The maximum number of events of one type that the relay publishes as one message, if several wait. Such a message has at most
    /// 64 KiB. Consumers of older versions read single events only, so raise it after they are updated. Default: 1.
    /// </summary>
    [Range(1, CloudEventBatch.MaxEvents)]
    public int MaxEventsPerMessage { get; set; } = 1;

    /// <summary>The maximum number of events that a lane of the relay claims and has in flight at once. Default: 500.</summary>
    [Range(1, 10_000)]
    public int RelayBatchSize { get; set; } = 500;

    /// <summary>
    /// The maximum size in bytes of committed events that wait in memory for the relay of their replica. The relay reads further events
    /// from the outbox. 0 lets it read all of them there. Default: 16 MiB.
    /// </summary>
    [Range(0, int.MaxValue)]
    public int HandOverBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>
    /// The number of channels on which the relay publishes in parallel what it has in memory, and of those for what it reads from the
    /// outbox. Each channel claims its own events. Default: 2.
    /// </summary>
    [Range(1, 64)]
    public int RelayLanes { get; set; } = 2;

    /// <summary>How often the relay polls the outbox for events that no signal announced. Default: 5 s.</summary>
    [Duration("00:00:00.100", "00:10:00")]
    public TimeSpan RelayPollInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long the relay waits for the broker's confirms before it opens a new channel and publishes again. The database ends a
    /// transaction of the service that is idle for 5 s longer. Default: 10 s.
    /// </summary>
    [Duration("00:00:00.100", "00:00:25")]
    public TimeSpan ConfirmTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The minimum time between the starts of two batches, in the relay and in each consumer. It adds at most this time to an event's lag
    /// in each of the two, and only while events arrive faster. A batch of hundreds costs little more than a batch of one. Default: 25 ms.
    /// </summary>
    [Duration("00:00:00", "00:00:01")]
    public TimeSpan BatchInterval { get; set; } = TimeSpan.FromMilliseconds(25);

    /// <summary>The maximum number of unacknowledged messages of one consumer. Default: 500.</summary>
    [Range(1, ushort.MaxValue)]
    public int Prefetch { get; set; } = 500;

    /// <summary>
    /// The maximum size in bytes of a consumer's unacknowledged messages, if there are several. Beyond it, the consumer asks for fewer
    /// messages at a time. Default: 32 MiB, which is <see cref="Prefetch"/> times the 64 KiB of a message with several events.
    /// </summary>
    [Range(64 * 1024, int.MaxValue)]
    public int PrefetchBytes { get; set; } = 32 * 1024 * 1024;

    /// <summary>The maximum number of events that a consumer commits in one transaction. Default: 500.</summary>
    [Range(1, 10_000)]
    public int ConsumerBatchSize { get; set; } = 500;

    /// <summary>How often a handler may fail for an event before the event becomes a dead letter. Default: 5.</summary>
    [Range(1, 100)]
    public int HandlerAttempts { get; set; } = 5;

    /// <summary>
    /// The pause after a handler's first failure for an event. Each further pause is twice as long, at most a minute. Default: 500 ms.
    /// </summary>
    [Duration("00:00:00.001", "00:01:00")]
    public TimeSpan HandlerRetryDelay { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// How often the broker delivers a message that its consumer does not survive, before it becomes a dead letter. Default: 20.
    /// </summary>
    [Range(1, 10_000)]
    public int DeliveryLimit { get; set; } = 20;

    /// <summary>
    /// The maximum number of messages in a queue. A full queue refuses messages, and the outbox keeps them. Default: 100,000.
    /// </summary>
    [Range(1, 100_000_000)]
    public int QueueMaxLength { get; set; } = 100_000;

    /// <summary>
    /// The maximum size of a queue's messages in bytes. A full queue refuses messages, and the outbox keeps them. Default: 1 GiB.
    /// </summary>
    [Range(1024 * 1024, long.MaxValue)]
    public long QueueMaxBytes { get; set; } = 1024 * 1024 * 1024;

    /// <summary>
    /// The maximum number of events in the outbox. Beyond it, requests that would add an event get <c>503</c>. Default: 1,000,000, which is
    /// about 1 GB of disk.
    /// </summary>
    [Range(1, int.MaxValue)]
    public int OutboxMaxRows { get; set; } = 1_000_000;

    /// <summary>
    /// The maximum age of an event in the outbox. Beyond it, requests that would add an event get <c>503</c>. Default: 1 day.
    /// </summary>
    [Duration("00:00:01", "365.00:00:00")]
    public TimeSpan OutboxMaxAge { get; set; } = TimeSpan.FromDays(1);

    /// <summary>
    /// How long the inbox recognises duplicates of an event. An event that is older when it arrives becomes a dead letter, because it may
    /// be a duplicate. Default: 7 days.
    /// </summary>
    [Duration("00:01:00", "365.00:00:00")]
    public TimeSpan InboxRetention { get; set; } = TimeSpan.FromDays(7);

    /// <summary>The minimum time for which the service remembers a request's idempotency key. Default: 24 h.</summary>
    [Duration("00:01:00", "365.00:00:00")]
    public TimeSpan IdempotencyRetention { get; set; } = TimeSpan.FromHours(24);

    /// <summary>How long the service remembers what operators did. Default: 90 days.</summary>
    [Duration("1.00:00:00", "3650.00:00:00")]
    public TimeSpan AuditRetention { get; set; } = TimeSpan.FromDays(90);

    /// <summary>
    /// The broker user that publishes each consumed event type. An event that another user published becomes a dead letter: topic
    /// permissions do not cover the headers <c>CC</c> and <c>BCC</c>, nor bindings between exchanges. Default: none, which accepts events
    /// of any user.
    /// </summary>
    /// <remarks>The broker validates the user: https://www.rabbitmq.com/docs/validated-user-id.</remarks>
    public IDictionary<string, string> Publishers { get; } = new Dictionary<string, string>();

    /// <summary>
    /// How long messages of a queue, or events of the outbox, may wait while none of them leaves, before the service reports itself as
    /// degraded. Default: 30 s.
    /// </summary>
    [Duration("00:00:01", "1.00:00:00")]
    public TimeSpan ProgressTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Whether the service serves the operators' page and endpoints below <c>/admin</c>. The service authorizes the callers itself.
    /// Default: false.
    /// </summary>
    public bool AdminEndpoints { get; set; }

    /// <summary>
    /// The address of each other service that the search for an event also asks, such as <c>http://order-api:8080</c>. It gets the
    /// caller's access token. Default: none.
    /// </summary>
    public IDictionary<string, string> OtherServices { get; } = new Dictionary<string, string>();

    /// <summary>
    /// The page of a trace, to which the operators' page links, with <c>{traceId}</c> in place of the id, such as
    /// <c>https://jaeger.example/trace/{traceId}</c>. Default: none.
    /// </summary>
    [RegularExpression(@"https?://\S*\{traceId\}\S*")]
    public string? TraceUrl { get; set; }
}

[OptionsValidator]
internal sealed partial class MessagingOptionsValidator : IValidateOptions<MessagingOptions>;
