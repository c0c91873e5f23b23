namespace UserOrder.Messaging.AspNetCore;

/// <summary>The problem types of the library.</summary>
internal static class MessagingProblems
{
    /// <summary>The database does not answer, or its schema is not in place yet.</summary>
    public static readonly MessagingProblem DatabaseUnavailable =
        new("database-unavailable", 503, "The database is out of reach.", RetryAfterSeconds: "2");

    /// <summary>The outbox is at its limits.</summary>
    public static readonly MessagingProblem OutboxFull =
        new("outbox-full", 503, "Too many events wait for the broker.", RetryAfterSeconds: "10");

    /// <summary>Another request with the same idempotency key is in progress.</summary>
    public static readonly MessagingProblem IdempotencyKeyInFlight =
        new("idempotency-key-in-flight", 409, "The request is being carried out.", RetryAfterSeconds: "1");

    /// <summary>An earlier, different request used the idempotency key.</summary>
    public static readonly MessagingProblem IdempotencyKeyReused =
        new("idempotency-key-reused", 422, "The idempotency key was used for another request.");

    /// <summary>No such queue or dead letter exists.</summary>
    public static readonly MessagingProblem NotFound = new("not-found", 404, "There is no such resource.");

    /// <summary>A browser sent a request that changes state from a page of another site.</summary>
    public static readonly MessagingProblem CrossSite = new("cross-site", 403, "The request comes from another site.");

    /// <summary>As many readers as the service allows read its status.</summary>
    public static readonly MessagingProblem TooManyStreams =
        new("too-many-streams", 503, "Too many streams are open.", RetryAfterSeconds: "5");

    /// <summary>Another operator's request works on the dead letters of the queue.</summary>
    public static readonly MessagingProblem DeadLettersBusy = new("dead-letters-busy", 409, "The dead letters are busy.");

    /// <summary>The queue is at its limit, so that no dead letter can return to it.</summary>
    public static readonly MessagingProblem QueueFull = new("queue-full", 503, "The queue is full.", RetryAfterSeconds: "5");

    /// <summary>The broker does not answer.</summary>
    public static readonly MessagingProblem BrokerUnavailable =
        new("broker-unavailable", 503, "The broker is out of reach.", RetryAfterSeconds: "5");
}
