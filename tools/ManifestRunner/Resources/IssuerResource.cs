using System.Security.Cryptography;
using UserOrder.ManifestRunner.Graph;
using UserOrder.ManifestRunner.Processes;

namespace UserOrder.ManifestRunner.Resources;

/// <summary>The issuer of access tokens for trying things out.</summary>
internal sealed class IssuerResource : GraphResource
{
    public const string ResourceName = "issuer";

    private const int UsualPort = 3010;
    private const int SecretBytes = 16;
    private const string Audience = "user-order";

    private readonly IssuerOptions _options;
    private readonly string _clientSecret = RandomNumberGenerator.GetHexString(SecretBytes * 2, lowercase: true);

    public IssuerResource(IssuerOptions options, ResourceContext context)
        : base(ResourceName, ResourceKind.Server, context)
    {
        _options = options;
        Url = $"http://localhost:{context.Endpoints.Ports.Prefer(UsualPort)}";
    }

    public string Url { get; }

    /// <summary>What makes a project ask its callers for tokens, and carry one itself.</summary>
    public IReadOnlyDictionary<string, string> ProjectEnvironment => new Dictionary<string, string>
    {
        ["Security__Authority"] = Url,
        ["Security__Audience"] = Audience,
        ["Security__Client__TokenEndpoint"] = $"{Url}/token",
        ["Security__Client__ClientId"] = "order-api",
        ["Security__Client__ClientSecret"] = _clientSecret,
    };

    protected override string ReadyCondition => "it serves its keys";

    protected override Signal StopSignal => Signal.Terminate;

    protected override Task LaunchAsync(CancellationToken cancellationToken)
    {
        Launch(new ProcessSpecification(ProjectResource.DotnetHost(), "exec", _options.Assembly, "--urls", Url)
        {
            // Its host watches the folder that it starts in.
            WorkingDirectory = Path.GetDirectoryName(_options.Assembly)!,
            Environment = new Dictionary<string, string?>
            {
                ["ASPNETCORE_URLS"] = null,
                ["Issuer__Audience"] = Audience,
                ["Issuer__ClientSecret"] = _clientSecret,
                ["Logging__LogLevel__Microsoft.AspNetCore"] = "Warning",
            },
        });
        return Task.CompletedTask;
    }

    protected override Task<string?> ProbeAsync(CancellationToken cancellationToken) => HttpProbe.AskAsync(new Uri($"{Url}/jwks"), cancellationToken);
}
