using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using UserOrder.Messaging.Auditing;

namespace UserOrder.Messaging.AspNetCore.Operators;

/// <summary>The handler of the audit.</summary>
internal static class AuditHandlers
{
    private const int DefaultLimit = 20;
    private const int MaxLimit = 100;

    [EndpointSummary("List what operators did, the newest first")]
    public static async Task<Ok<AuditOverview>> ListAsync(
        AuditStore audit, CancellationToken cancellationToken, [Range(1, MaxLimit)] int? limit = DefaultLimit) =>
        TypedResults.Ok(new AuditOverview(await audit.ListAsync(limit ?? DefaultLimit, cancellationToken)));
}
