namespace UserOrder.Tests.History;

/// <summary>What a client knows about its request.</summary>
internal enum Outcome
{
    /// <summary>No answer, or one that leaves open whether the request was carried out.</summary>
    Unknown,

    /// <summary>The service has carried it out.</summary>
    Done,

    /// <summary>The service has not carried it out, and will not.</summary>
    Refused,
}
