namespace UserOrder.Bench.Load;

/// <summary>A kind of request.</summary>
/// <param name="Name">Its name in the tables.</param>
/// <param name="Origin">The service that answers it.</param>
/// <param name="Method">Its method.</param>
/// <param name="Lines">The requests that are sent in turn: a path and, after a tab, a body.</param>
internal sealed record RequestKind(string Name, Uri Origin, string Method, IReadOnlyList<string> Lines);
