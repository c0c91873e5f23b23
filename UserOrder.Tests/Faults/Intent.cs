namespace UserOrder.Tests.Faults;

/// <summary>One thing that was asked for, recognisable in the databases by its marker: a user's email or an order's sku.</summary>
internal sealed class Intent(string marker, Guid? userId, bool hasKey)
{
    private volatile object? _createdId;

    public string Marker => marker;

    /// <summary>Whose order it is; null where it is a user.</summary>
    public Guid? UserId => userId;

    /// <summary>Whether it is sent with an idempotency key, again and again until it is answered 201.</summary>
    public bool HasKey => hasKey;

    /// <summary>The id in the 201; null as long as there was none.</summary>
    public Guid? CreatedId => (Guid?)_createdId;

    /// <summary>Notes a 201.</summary>
    /// <returns>False where an earlier 201 named another id.</returns>
    public bool Create(Guid id)
    {
        var before = Interlocked.CompareExchange(ref _createdId, id, null);
        return before is null || (Guid)before == id;
    }
}
