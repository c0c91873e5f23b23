namespace UserOrder.Tests.Faults;

/// <summary>One requested entity. Its marker identifies it in the databases: the email of a user or the sku of an order.</summary>
internal sealed class Intent(string marker, Guid? userId, bool hasKey)
{
    private volatile object? _createdId;

    public string Marker => marker;

    /// <summary>The user of an order; null for a user.</summary>
    public Guid? UserId => userId;

    /// <summary>Whether the client sends an idempotency key and retries until it receives 201.</summary>
    public bool HasKey => hasKey;

    /// <summary>The id in the 201; null before the first 201.</summary>
    public Guid? CreatedId => (Guid?)_createdId;

    /// <summary>Records a 201.</summary>
    /// <returns>False if an earlier 201 had another id.</returns>
    public bool Create(Guid id)
    {
        var before = Interlocked.CompareExchange(ref _createdId, id, null);
        return before is null || (Guid)before == id;
    }
}
