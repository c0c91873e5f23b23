namespace UserOrder.Tests.Model;

/// <summary>A client sends its request with an idempotency key, to any replica, and repeats it until it receives 201.</summary>
internal static class ClientSteps
{
    public const string Sends = "the client sends the request for {1} to {0}";
    public const string GivesUp = "the client of {1} gives up waiting for {0}";

    /// <summary>The steps with a replica of the sender. An order needs a user that was answered with 201.</summary>
    public static void AddTo(Steps steps)
    {
        var (it, replica) = (steps.Event, steps.Replica);
        var hasUser = steps.Bounds.IsUser(steps.Index) || steps.From[steps.Bounds.UserOf(steps.Index)].Client == Client.Created;

        // While the replica still carries out an earlier attempt, it refuses a repetition with 409.
        if (it.Client == Client.Idle && hasUser && it.Request(replica) == Request.None)
        {
            steps.Add(Sends, it.With(replica, Request.Received) with { Client = EventState.WaitsFor(replica) });
        }

        if (it.Client == EventState.WaitsFor(replica))
        {
            steps.AddFault(GivesUp, it with { Client = Client.Idle });
        }
    }
}
