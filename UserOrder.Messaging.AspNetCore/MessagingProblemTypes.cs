namespace UserOrder.Messaging.AspNetCore;

/// <summary>The stable <c>type</c> of each problem (RFC 9457, section 3.1.1) that requests of clients are answered with.</summary>
public static class MessagingProblemTypes
{
    internal const string Base = "https://userorder.example/problems/";

    /// <summary>503: the database is out of reach, or its schema is not in place yet.</summary>
    public const string DatabaseUnavailable = Base + "database-unavailable";

    /// <summary>503: too many events wait for the broker.</summary>
    public const string OutboxFull = Base + "outbox-full";
}
