namespace UserOrder.Tests.Model;

/// <summary>A replica carries out a request: one statement commits entity, event and idempotency key. Then it answers.</summary>
internal static class RequestSteps
{
    public const string Commits = "{0} commits {1} with its event and key, and hands the event over in memory";
    public const string CommitsWithoutHandOver = "{0} commits {1} with its event and key, for any relay";
    public const string FindsKey = "{0} finds the key of {1}";
    public const string Answers = "{0} answers 201 for {1}";
    public const string Fails = "the database refuses {1} to {0}, which answers 503";
    public const string CommitsUnknown = "the database commits {1} without an answer to {0}, which answers 503";

    public static void AddTo(Steps steps)
    {
        var (it, replica) = (steps.Event, steps.Replica);
        if (it.Request(replica) == Request.Received && it.HasKey)
        {
            steps.Add(FindsKey, it.With(replica, Request.Stored));
        }
        else if (it.Request(replica) == Request.Received)
        {
            var refused = Answer(it, replica, Client.Idle);
            steps.Add(Commits, Commit(it, Row.Waiting).With(replica, Request.Stored).With(replica, Lane.HandedOver));
            steps.Add(CommitsWithoutHandOver, Commit(it, Row.Due).With(replica, Request.Stored));
            steps.AddFault(Fails, refused);
            steps.AddFault(CommitsUnknown, Commit(refused, Row.Waiting));
        }
        else if (it.Request(replica) == Request.Stored)
        {
            steps.Add(Answers, Answer(it, replica, Client.Created));
        }
    }

    private static EventState Commit(EventState it, Row row) => it with { Entities = it.Entities + 1, HasKey = true, Row = row };

    /// <summary>Ends the request. Its answer reaches a client that still waits for it.</summary>
    private static EventState Answer(EventState it, int replica, Client knowledge) =>
        it.With(replica, Request.None) with { Client = it.Client == EventState.WaitsFor(replica) ? knowledge : it.Client };
}
