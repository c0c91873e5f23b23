using System.Security.Cryptography;
using UserOrder.ManifestRunner.Graph;
using UserOrder.ManifestRunner.Networking;
using UserOrder.ManifestRunner.Processes;

namespace UserOrder.ManifestRunner.Resources;

/// <summary>The standalone Aspire dashboard: logs, traces and metrics of the projects.</summary>
internal sealed class DashboardResource : GraphResource
{
    public const string ResourceName = "aspire-dashboard";

    private const int UsualPort = 18888;
    private const int KeyBytes = 16;

    private readonly DashboardOptions _options;
    private readonly string _browserToken = RandomNumberGenerator.GetHexString(KeyBytes * 2, lowercase: true);
    private readonly Endpoint _frontend;
    private readonly Endpoint _otlpHttp;

    public DashboardResource(DashboardOptions options, ResourceContext context)
        : base(ResourceName, ResourceKind.Server, context)
    {
        _options = options;
        _frontend = new Endpoint("http", Endpoint.Loopback, context.Endpoints.Ports.Prefer(UsualPort));
        _otlpHttp = new Endpoint("http", Endpoint.Loopback, context.Endpoints.Ports.AnyFree());
        var otlpGrpc = new Endpoint("http", Endpoint.Loopback, context.Endpoints.Ports.AnyFree());
        Exporter = new OtlpExporter(new Uri(otlpGrpc.Url), RandomNumberGenerator.GetHexString(KeyBytes * 2, lowercase: true));
    }

    /// <summary>Where and with which key the projects deliver their telemetry.</summary>
    public OtlpExporter Exporter { get; }

    /// <summary>Where it takes telemetry over HTTP, with the exporter's key.</summary>
    public Uri OtlpHttpUrl => new(_otlpHttp.Url);

    public Uri LoginUrl => new($"http://localhost:{_frontend.Port}/login?t={_browserToken}");

    protected override string ReadyCondition => "it serves its login page";

    protected override Signal StopSignal => Signal.Interrupt;

    protected override Task LaunchAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(_options.HomeFolder);
        Launch(new ProcessSpecification(
            _options.AspireCli,
            "dashboard", "run", "--nologo", "--non-interactive",
            "--frontend-url", _frontend.Url,
            "--otlp-grpc-url", Exporter.Endpoint.OriginalString,
            "--otlp-http-url", _otlpHttp.Url)
        {
            WorkingDirectory = _options.HomeFolder,
            // Keys go by environment, as every user can read command lines.
            Environment = new Dictionary<string, string?>
            {
                ["HOME"] = _options.HomeFolder,
                ["NO_COLOR"] = "1",
                ["ASPNETCORE_URLS"] = null,
                ["ASPIRE_HOME"] = Path.Combine(_options.HomeFolder, ".aspire"),
                ["ASPIRE_CLI_TELEMETRY_OPTOUT"] = "1",
                ["DASHBOARD__FRONTEND__AUTHMODE"] = "BrowserToken",
                ["DASHBOARD__FRONTEND__BROWSERTOKEN"] = _browserToken,
                ["DASHBOARD__OTLP__AUTHMODE"] = "ApiKey",
                ["DASHBOARD__OTLP__PRIMARYAPIKEY"] = Exporter.ApiKey,
            },
        });
        return Task.CompletedTask;
    }

    protected override Task<string?> ProbeAsync(CancellationToken cancellationToken) => HttpProbe.AskAsync(new Uri(_frontend.Url + "/login"), cancellationToken);
}
