namespace UserOrder.Tests.Model;

/// <summary>An operator replays or discards a dead letter. A replay removes it only after the queue has stored its copy.</summary>
internal static class OperatorSteps
{
    public const string Replays = "an operator replays {1}, and the broker confirms the copy";
    public const string Removes = "the replay of {1} removes the dead letter";
    public const string Discards = "an operator discards the dead letter {1}";
    public const string IsInterrupted = "the replay of {1} is interrupted";

    public static void AddTo(Steps steps)
    {
        var it = steps.Event;
        if (it.IsReplaying)
        {
            steps.Add(Removes, it with { DeadLetters = it.DeadLetters - 1, IsReplaying = false });
            steps.AddFault(IsInterrupted, it with { IsReplaying = false });
        }
        else if (it.DeadLetters > 0)
        {
            steps.Add(Replays, it with { Ready = it.Ready + 1, IsReplaying = true });
            steps.Add(Discards, it with { DeadLetters = it.DeadLetters - 1, IsDiscarded = true });
        }
    }
}
