using System.Security.Claims;
using UserOrder.Messaging.Auditing;

namespace UserOrder.Messaging.AspNetCore;

/// <summary>The operator who sent the request, as <c>[AsParameters]</c>.</summary>
/// <param name="Claims">The token's claims; none if the service knows no callers.</param>
/// <param name="Audit">Records what the operator does to dead letters.</param>
internal readonly record struct Operator(ClaimsPrincipal Claims, AuditLog Audit)
{
    private const string SubjectClaim = "sub";

    /// <summary>The caller's <c>sub</c>; null if the service knows no callers.</summary>
    public string? Subject => Claims.FindFirstValue(SubjectClaim);

    /// <summary>Runs an action on dead letters and records it.</summary>
    /// <inheritdoc cref="AuditLog.RunAsync"/>
    public Task<int> RunAsync(string action, string queue, string detail, Func<Task<int>> run, CancellationToken cancellationToken) =>
        Audit.RunAsync(Subject, action, queue, detail, run, cancellationToken);
}
