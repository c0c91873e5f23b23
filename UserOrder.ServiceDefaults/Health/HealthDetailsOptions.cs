using Microsoft.AspNetCore.Http;

namespace UserOrder.ServiceDefaults.Health;

/// <summary>Who reads the state of each health check in <c>/health</c>, besides Development and callers on the internal port.</summary>
public sealed class HealthDetailsOptions
{
    /// <summary>Whether the request's caller may read them. Default: no caller.</summary>
    public Func<HttpContext, bool> IsAllowed { get; set; } = _ => false;
}
