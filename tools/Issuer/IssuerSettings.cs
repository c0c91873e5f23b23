namespace UserOrder.Issuer;

/// <summary>The settings of the issuer, from the configuration section <c>Issuer</c>.</summary>
internal sealed class IssuerSettings
{
    /// <summary>The <c>aud</c> of the tokens.</summary>
    public string Audience { get; set; } = "user-order";

    /// <summary>The only client of the client credentials grant.</summary>
    public string ClientId { get; set; } = "order-api";

    /// <summary>The client's password. Without one the client gets no token.</summary>
    public string? ClientSecret { get; set; }

    /// <summary>The scope of the client's token.</summary>
    public string ClientScope { get; set; } = "users:read:any";

    /// <summary>The lifetime of a token. Default: 10 minutes.</summary>
    public TimeSpan Lifetime { get; set; } = TimeSpan.FromMinutes(10);
}
