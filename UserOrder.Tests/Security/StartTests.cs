using UserOrder.Tests.Manifest;

namespace UserOrder.Tests.Security;

/// <summary>A service with an invalid or incomplete configuration does not start.</summary>
public sealed class StartTests
{
    private static readonly Dictionary<string, string> Connections = new()
    {
        ["ASPNETCORE_ENVIRONMENT"] = "Production",
        ["DOTNET_ENVIRONMENT"] = "Production",
        ["ConnectionStrings__rabbitmq"] = "amqp://127.0.0.1:1",
        ["ConnectionStrings__userdb"] = "Host=127.0.0.1;Port=1",
        ["ConnectionStrings__orderdb"] = "Host=127.0.0.1;Port=1",
    };

    public static TheoryData<string, string, string> WrongSettings { get; } = new()
    {
        { "user-api", "", "Security:Authority" },
        { "order-api", "", "Security:Authority" },
        { "user-api", "Open=false", "Security:Authority" },
        { "user-api", "Open=perhaps", "Security:Open" },
        { "user-api", "Authority=https://issuer.example", "Security:Audience" },
        { "user-api", "Authority=https://issuer.example Audience=a Open=true", "Security:Open" },
        { "user-api", "Authority=http://issuer.example Audience=a", "Security:Authority must be an https URL" },
        { "user-api", "Authority=issuer Audience=a", "Security:Authority must be an https URL" },
        { "user-api", "Authority= Audience=a", "Security:Authority must be an https URL" },
        { "order-api", "Authority=https://issuer.example Audience=a", "Security:Client" },
        {
            "order-api",
            "Authority=https://issuer.example Audience=a Client__ClientId=a Client__ClientSecret=b",
            "Security:Client:TokenEndpoint"
        },
        { "order-api", "Open=true Client__TokenEndpoint=https://issuer.example/token Client__ClientId=a", "Security:Client:ClientSecret" },
    };

    public static TheoryData<string, string> WrongConnections { get; } = new()
    {
        { "userdb", "" },
        { "userdb", "postgres://service:hunter2@db/data?sslmode=require" },
        { "userdb", "Port=hunter2;Host=db" },
        { "userdb-owner", "Username=owner;Password=hunter2" },
        { "rabbitmq", "" },
        { "rabbitmq", "amqp://service:hunter2@broker/a/b" },
        { "rabbitmq-management", "" },
        { "rabbitmq-management", "administrator:hunter2@broker:15672" },
        { "rabbitmq-management", "http://hunter2@broker:15672" },
    };

    [Theory]
    [MemberData(nameof(WrongConnections))]
    public async Task An_invalid_connection_string_stops_the_start_and_is_named_without_its_value(string name, string value)
    {
        var environment = new Dictionary<string, string>(Connections)
        {
            ["Security__Open"] = "true",
            [$"ConnectionStrings__{name}"] = value,
        };

        var output = await AssertRefusedAsync("user-api", environment, $"ConnectionStrings:{name} must be ");
        Assert.DoesNotContain("hunter2", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "collector")]
    [InlineData("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "ftp://collector")]
    [InlineData("OTEL_EXPORTER_OTLP_PROTOCOL", "json")]
    public async Task An_invalid_telemetry_setting_stops_the_start_and_is_named(string name, string value)
    {
        var environment = new Dictionary<string, string>(Connections) { ["Security__Open"] = "true", [name] = value };

        await AssertRefusedAsync("user-api", environment, $"{name} must be ");
    }

    [Theory]
    [InlineData("amqp://rabbitmq-2:5672")]
    [InlineData("")]
    public async Task An_invalid_address_of_another_broker_node_stops_the_start_and_is_named(string value)
    {
        var environment = new Dictionary<string, string>(Connections) { ["Security__Open"] = "true", ["Broker__Endpoints__0"] = value };

        await AssertRefusedAsync("user-api", environment, "Broker:Endpoints:0 must be ");
    }

    [Theory]
    [MemberData(nameof(WrongSettings))]
    public async Task An_invalid_or_missing_setting_stops_the_start_and_is_named(string service, string settings, string named)
    {
        var environment = new Dictionary<string, string>(Connections);
        foreach (var setting in settings.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(setting => setting.Split('=', 2)))
        {
            environment[$"Security__{setting[0]}"] = setting[1];
        }

        await AssertRefusedAsync(service, environment, named);
    }

    /// <summary>Asserts that the start fails and that the output names the setting.</summary>
    /// <returns>The output.</returns>
    private static async Task<string> AssertRefusedAsync(string service, IReadOnlyDictionary<string, string> environment, string named)
    {
        var (exitCode, output) = await ServiceProgram.RunUntilItEndsAsync(service, environment);

        Assert.NotEqual(0, exitCode);
        Assert.Contains(named, output, StringComparison.Ordinal);
        return output;
    }
}
