namespace UserOrder.ApiDefaults.Security;

/// <summary>The service as a client of the issuer (RFC 6749, section 4.4), from the configuration section <c>Security:Client</c>.</summary>
internal sealed class ClientOptions
{
    /// <summary>The issuer's token endpoint.</summary>
    public string? TokenEndpoint { get; set; }

    /// <summary>The service's client id at the issuer.</summary>
    public string? ClientId { get; set; }

    /// <summary>The client's secret.</summary>
    public string? ClientSecret { get; set; }

    /// <summary>The scope to request. Default: the one that the HTTP client states.</summary>
    public string? Scope { get; set; }

    /// <exception cref="InvalidOperationException">A setting is missing or invalid; the message names it.</exception>
    public void Check()
    {
        SecurityOptions.CheckAddress(TokenEndpoint, $"{nameof(SecurityOptions.Client)}:{nameof(TokenEndpoint)}");
        foreach (var (name, isPresent) in new[]
        {
            (nameof(ClientId), !string.IsNullOrEmpty(ClientId)),
            (nameof(ClientSecret), !string.IsNullOrEmpty(ClientSecret)),
            (nameof(Scope), Scope != ""),
        })
        {
            SecurityOptions.Check(isPresent, $"{SecurityOptions.Section}:{nameof(SecurityOptions.Client)}:{name} is missing.");
        }
    }
}
