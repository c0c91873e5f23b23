using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace UserOrder.ApiDefaults.Security;

/// <summary>Who may call, from the configuration section <c>Security</c>.</summary>
internal sealed class SecurityOptions
{
    public const string Section = "Security";

    private const string OwnerIdClaimKey = "UserIdClaim";

    /// <summary>
    /// Accepts requests without access tokens. Outside Development a service without an issuer starts only when this is <c>true</c>.
    /// </summary>
    public bool? Open { get; set; }

    /// <summary>The issuer of the access tokens: an OpenID provider's URL that serves <c>/.well-known/openid-configuration</c>.</summary>
    public string? Authority { get; set; }

    /// <summary>The <c>aud</c> that a token must have.</summary>
    public string? Audience { get; set; }

    /// <summary>
    /// The <c>typ</c> of access tokens, which distinguishes them from other tokens of the issuer. Default: <c>at+jwt</c>, as RFC 9068
    /// requires. An issuer that does not follow it may need <c>JWT</c>.
    /// </summary>
    public string TokenType { get; set; } = "at+jwt";

    /// <summary>The claim with the id that the caller's resources name as their owner. Default: <c>sub</c>.</summary>
    [ConfigurationKeyName(OwnerIdClaimKey)]
    public string OwnerIdClaim { get; set; } = "sub";

    /// <summary>The service's own credentials for calls to other services.</summary>
    public ClientOptions? Client { get; set; }

    /// <summary>Whether the service accepts requests without access tokens.</summary>
    public bool IsOpen => Authority is null;

    /// <exception cref="InvalidOperationException">A setting is missing or invalid; the message names it.</exception>
    public static SecurityOptions Read(IHostApplicationBuilder builder)
    {
        var options = builder.Configuration.GetSection(Section).Get<SecurityOptions>() ?? new SecurityOptions();
        if (options.Authority is not null)
        {
            CheckAddress(options.Authority, nameof(Authority));
            Check(options.Open != true, $"{Section}:{nameof(Open)} contradicts {Section}:{nameof(Authority)}: remove one of them.");
            Check(
                options.Audience is { Length: > 0 },
                $"{Section}:{nameof(Audience)} is missing: without it the service would accept tokens for any other service.");
            Check(options.TokenType is { Length: > 0 }, $"{Section}:{nameof(TokenType)} must name a type of tokens.");
            Check(options.OwnerIdClaim is { Length: > 0 }, $"{Section}:{OwnerIdClaimKey} must name a claim.");
        }
        else
        {
            Check(
                options.Open ?? builder.Environment.IsDevelopment(),
                $"{Section}:{nameof(Authority)} is missing: it names the issuer of the callers' access tokens. " +
                $"To accept requests without tokens, set {Section}:{nameof(Open)} to true.");
        }

        options.Client?.Check();
        return options;
    }

    /// <summary>Requires encryption for an address that receives tokens or secrets.</summary>
    internal static void CheckAddress(string? address, string name) => Check(
        Uri.TryCreate(address, UriKind.Absolute, out var uri)
            && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback)),
        $"{Section}:{name} must be an https URL; http is allowed for this machine only.");

    internal static void Check(bool isValid, string message)
    {
        if (!isValid)
        {
            throw new InvalidOperationException(message);
        }
    }
}
