using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace UserOrder.ApiDefaults.Security;

/// <summary>Who may call, from the configuration section <c>Security</c>.</summary>
internal sealed class SecurityOptions
{
    public const string Section = "Security";

    /// <summary>Asks nobody who they are. Outside Development a service without an issuer starts only where this is <c>true</c>.</summary>
    public bool? Open { get; set; }

    /// <summary>The issuer of the access tokens: an OpenID provider's URL, under which <c>/.well-known/openid-configuration</c> is served.</summary>
    public string? Authority { get; set; }

    /// <summary>The <c>aud</c> that a token must have.</summary>
    public string? Audience { get; set; }

    /// <summary>The claim that holds the id of the caller's user, as <c>POST /v1/users</c> has answered it. Default: <c>sub</c>.</summary>
    public string UserIdClaim { get; set; } = "sub";

    /// <summary>With what the service itself calls other services.</summary>
    public ClientOptions? Client { get; set; }

    /// <summary>The one of the ports that the service listens on that has what is for the inside. Default: none, every port has it.</summary>
    public int? InternalPort { get; set; }

    /// <summary>Whether every caller may do everything.</summary>
    public bool IsOpen => Authority is null;

    /// <exception cref="InvalidOperationException">A setting is missing or wrong; the message names it.</exception>
    public static SecurityOptions Read(WebApplicationBuilder builder)
    {
        var options = builder.Configuration.GetSection(Section).Get<SecurityOptions>() ?? new SecurityOptions();
        if (options.Authority is not null)
        {
            CheckAddress(options.Authority, nameof(Authority));
            Check(options.Open != true, $"{Section}:{nameof(Open)} contradicts {Section}:{nameof(Authority)}: leave one of them out.");
            Check(options.Audience is { Length: > 0 }, $"{Section}:{nameof(Audience)} is missing: without it a token for any other service would do.");
            Check(options.UserIdClaim is { Length: > 0 }, $"{Section}:{nameof(UserIdClaim)} must name a claim.");
        }
        else
        {
            Check(
                options.Open ?? builder.Environment.IsDevelopment(),
                $"{Section}:{nameof(Authority)} is missing: it names the issuer of the callers' access tokens. " +
                $"To let everybody do everything, set {Section}:{nameof(Open)} to true.");
        }

        Check(options.InternalPort is null or (> 0 and <= ushort.MaxValue), $"{Section}:{nameof(InternalPort)} must be the number of a port.");
        options.Client?.Check();
        return options;
    }

    /// <summary>Tokens and secrets travel encrypted, or not at all.</summary>
    internal static void CheckAddress(string? address, string name) => Check(
        Uri.TryCreate(address, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback)),
        $"{Section}:{name} must be an https URL; http is for this machine only.");

    internal static void Check(bool isRight, string message)
    {
        if (!isRight)
        {
            throw new InvalidOperationException(message);
        }
    }
}

/// <summary>The service as a client of the issuer (RFC 6749, section 4.4).</summary>
internal sealed class ClientOptions
{
    /// <summary>Where the issuer gives tokens.</summary>
    public string? TokenEndpoint { get; set; }

    /// <summary>The service's name at the issuer.</summary>
    public string? ClientId { get; set; }

    /// <summary>Its password there.</summary>
    public string? ClientSecret { get; set; }

    /// <summary>What to ask for. Default: <c>users:read:any</c>.</summary>
    public string Scope { get; set; } = Scopes.UsersRead + Scopes.AnySuffix;

    public void Check()
    {
        SecurityOptions.CheckAddress(TokenEndpoint, $"{nameof(SecurityOptions.Client)}:{nameof(TokenEndpoint)}");
        foreach (var (name, value) in new[] { (nameof(ClientId), ClientId), (nameof(ClientSecret), ClientSecret), (nameof(Scope), Scope) })
        {
            SecurityOptions.Check(value is { Length: > 0 }, $"{SecurityOptions.Section}:{nameof(SecurityOptions.Client)}:{name} is missing.");
        }
    }
}
