using System.Collections.Concurrent;

namespace UserOrder.Tests.Faults;

/// <summary>Everything that was asked of the system, what it answered, and what was put into its broker.</summary>
internal sealed class Ledger
{
    private readonly List<Guid> _knownUsers = [];
    private readonly Lock _lock = new();
    private int _requests;

    /// <summary>By email.</summary>
    public ConcurrentDictionary<string, Intent> Users { get; } = new();

    /// <summary>By sku.</summary>
    public ConcurrentDictionary<string, Intent> Orders { get; } = new();

    /// <summary>Answers that no fault excuses.</summary>
    public ConcurrentQueue<string> WrongAnswers { get; } = new();

    /// <summary>Every answer that was not 201, and every request without an answer.</summary>
    public ConcurrentQueue<string> Refusals { get; } = new();

    /// <summary>The message ids of what nobody can read, and the queue that each was sent to.</summary>
    public ConcurrentDictionary<string, string> Poison { get; } = new();

    /// <summary>The message ids of the dead letters that were found, and the queue that each had come from.</summary>
    public ConcurrentDictionary<string, string> DeadLetters { get; } = new();

    public int Requests => _requests;

    public Intent AskForUser(bool withKey)
    {
        var intent = new Intent($"{Guid.NewGuid():N}@example.com", null, withKey);
        Users[intent.Marker] = intent;
        return intent;
    }

    public Intent AskForOrder(Guid userId, bool withKey)
    {
        var intent = new Intent($"{Guid.NewGuid():N}", userId, withKey);
        Orders[intent.Marker] = intent;
        return intent;
    }

    public void CountRequest() => Interlocked.Increment(ref _requests);

    public void NoteCreated(Intent intent, Guid id)
    {
        if (!intent.Create(id))
        {
            WrongAnswers.Enqueue($"{intent.Marker} was answered 201 as {intent.CreatedId} and again as {id}.");
        }

        if (intent.UserId is null)
        {
            lock (_lock)
            {
                _knownUsers.Add(id);
            }
        }
    }

    /// <summary>A user who was answered 201; null where there is none yet.</summary>
    public Guid? AnyUser()
    {
        lock (_lock)
        {
            return _knownUsers.Count == 0 ? null : _knownUsers[Random.Shared.Next(_knownUsers.Count)];
        }
    }
}
