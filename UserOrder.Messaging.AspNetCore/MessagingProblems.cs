namespace UserOrder.Messaging.AspNetCore;

/// <summary>The problems that every operation of a service may answer with, and those of the operators' API.</summary>
public static class MessagingProblems
{
    /// <summary>The database is out of reach, or its schema is not in place yet.</summary>
    public static readonly MessagingProblem DatabaseUnavailable = new("database-unavailable", 503, "The database is out of reach.");

    /// <summary>The outbox is at its limits.</summary>
    public static readonly MessagingProblem OutboxFull = new("outbox-full", 503, "Too many events wait for the broker.");

    internal static readonly MessagingProblem DeadLettersBusy = new("dead-letters-busy", 409, "The dead letters are busy.");

    internal static readonly MessagingProblem QueueFull = new("queue-full", 503, "The queue is full.");

    internal static readonly MessagingProblem BrokerUnavailable = new("broker-unavailable", 503, "The broker is out of reach.");
}
