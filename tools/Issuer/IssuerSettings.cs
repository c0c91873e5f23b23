namespace UserOrder.Issuer;

/// <summary>Whose tokens are issued, and for whom; from the configuration section <c>Issuer</c>.</summary>
internal sealed class IssuerSettings
{
    /// <summary>The <c>aud</c> of the tokens.</summary>
    public string Audience { get; set; } = "user-order";

    /// <summary>The one client that may ask for a token of its own.</summary>
    public string ClientId { get; set; } = "order-api";

    /// <summary>Its password. Without one it gets no token.</summary>
    public string? ClientSecret { get; set; }

    /// <summary>What it may be given.</summary>
    public string ClientScope { get; set; } = "users:read:any";

    /// <summary>For how long a token is good. Default: 10 minutes.</summary>
    public TimeSpan Lifetime { get; set; } = TimeSpan.FromMinutes(10);
}
