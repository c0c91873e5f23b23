namespace UserOrder.Tests.History;

/// <summary>One fact of a history: a client's request, or a row that the services have stored.</summary>
internal abstract record HistoryEntry
{
    /// <summary>The entry as a line of a table.</summary>
    public abstract string Describe();

    /// <summary>The end of an id, which distinguishes it from its neighbours: the beginning of a UUIDv7 is its time.</summary>
    public static string Short(Guid id) => $"{id:N}"[^6..];
}
