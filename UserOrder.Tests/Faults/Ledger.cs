using System.Collections.Concurrent;
using UserOrder.Tests.History;

namespace UserOrder.Tests.Faults;

/// <summary>All requests to the system, its answers, and the messages that the tests injected into the broker.</summary>
internal sealed class Ledger
{
    private readonly List<Guid> _knownUsers = [];
    private readonly Lock _lock = new();
    private int _requests;

    /// <summary>The requested users, by email.</summary>
    public ConcurrentDictionary<string, Intent> Users { get; } = new();

    /// <summary>The requested orders, by sku.</summary>
    public ConcurrentDictionary<string, Intent> Orders { get; } = new();

    /// <summary>Answers that are wrong even during a fault.</summary>
    public ConcurrentQueue<string> WrongAnswers { get; } = new();

    /// <summary>All answers other than 201, and all requests without an answer.</summary>
    public ConcurrentQueue<string> Refusals { get; } = new();

    /// <summary>The ids of the injected unreadable messages, each with its queue.</summary>
    public ConcurrentDictionary<string, string> Poison { get; } = new();

    /// <summary>The ids of the dead letters found, each with its original queue.</summary>
    public ConcurrentDictionary<string, string> DeadLetters { get; } = new();

    /// <summary>Users with rows that a test has changed and restored, so that these are of no transaction of a service.</summary>
    public ConcurrentDictionary<Guid, bool> Restored { get; } = new();

    /// <summary>Every request with its times and its answer.</summary>
    public HistoryRecorder History { get; } = new();

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

    /// <summary>The requests so far, and what the services have stored.</summary>
    /// <param name="rows">The rows of the databases.</param>
    /// <param name="haveSubjects">Whether the inboxes name the entity of each event.</param>
    public RecordedHistory HistoryWith(IEnumerable<Effect> rows, bool haveSubjects) =>
        new([.. History.Operations(), .. rows.Select(WithoutCommitIfRestored)], haveSubjects);

    /// <summary>A random user created with 201; null before the first one.</summary>
    public Guid? AnyUser()
    {
        lock (_lock)
        {
            return _knownUsers.Count == 0 ? null : _knownUsers[Random.Shared.Next(_knownUsers.Count)];
        }
    }

    private Effect WithoutCommitIfRestored(Effect row) => row switch
    {
        EntityRow { Kind: EntityKind.User } user when Restored.ContainsKey(user.Id) => user with { Commit = null },
        EntityRow { UserId: { } userId } order when Restored.ContainsKey(userId) => order with { Commit = null },
        TotalRow total when Restored.ContainsKey(total.UserId) => total with { Commit = null },
        _ => row,
    };
}
