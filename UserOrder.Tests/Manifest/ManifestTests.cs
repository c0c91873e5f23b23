using System.Text.Json;
using System.Text.RegularExpressions;

namespace UserOrder.Tests.Manifest;

/// <summary>The published manifest matches the needs of the services.</summary>
public sealed partial class ManifestTests
{
    /// <summary>Variables that a framework reads, each with its reader.</summary>
    private static readonly Dictionary<string, string> ReadByTheFramework = new()
    {
        ["HTTP_PORTS"] = "ASP.NET Core: the ports to listen on",
        ["ASPNETCORE_FORWARDEDHEADERS_ENABLED"] = "ASP.NET Core: trust the ingress's X-Forwarded-* headers",
        ["OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY"] = "OpenTelemetry's OTLP exporter: retry failed exports",
    };

    private static readonly string[] Logins = ["ConnectionStrings__rabbitmq", "ConnectionStrings__rabbitmq-management"];

    private static readonly JsonElement Resources =
        JsonDocument.Parse(File.ReadAllBytes(Repository.ManifestPath)).RootElement.GetProperty("resources");

    /// <summary>The variables that each service reads.</summary>
    public static TheoryData<string, string[]> Needs { get; } = new()
    {
        { "user-api", [.. Logins, "ConnectionStrings__userdb", "ConnectionStrings__userdb-owner"] },
        { "order-api", [.. Logins, "ConnectionStrings__orderdb", "ConnectionStrings__orderdb-owner", "services__user-api__http__0"] },
    };

    public static TheoryData<string, string> ConnectionStrings { get; } = new(
        from service in new[] { "user-api", "order-api" }
        from key in EnvironmentOf(service).Select(variable => variable.Name)
        where key.StartsWith("ConnectionStrings__", StringComparison.Ordinal) && !IsAdministratorLogin(key)
        select (service, key));

    [Theory]
    [MemberData(nameof(Needs))]
    public void A_service_gets_exactly_the_variables_it_reads(string service, string[] needs) =>
        Assert.Equal(needs.Concat(ReadByTheFramework.Keys).Order(), EnvironmentOf(service).Select(variable => variable.Name).Order());

    /// <summary>Starts the service without the variable and reads the error.</summary>
    [Theory]
    [MemberData(nameof(ConnectionStrings))]
    public async Task A_missing_connection_string_stops_the_start_and_is_named(string service, string missing)
    {
        var environment = EnvironmentOf(service)
            .Where(
                variable => variable.Name.StartsWith("ConnectionStrings__", StringComparison.Ordinal)
                    && !IsAdministratorLogin(variable.Name))
            .Where(variable => variable.Name != missing)
            .ToDictionary(
                variable => variable.Name,
                variable => variable.Name.EndsWith("rabbitmq", StringComparison.Ordinal) ? "amqp://127.0.0.1:1" : "Host=127.0.0.1;Port=1");
        environment["Security__Open"] = "true";

        var (exitCode, output) = await ServiceProgram.RunUntilItEndsAsync(service, environment);

        Assert.NotEqual(0, exitCode);
        Assert.Contains(missing.Replace("__", ":", StringComparison.Ordinal), output, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_expression_resolves_in_the_manifest()
    {
        var expressions = Expression().Matches(Resources.GetRawText()).Select(match => match.Groups[1].Value).Distinct().ToList();

        Assert.NotEmpty(expressions);
        Assert.All(expressions, expression =>
        {
            var path = expression.Split('.');
            Assert.True(Resources.TryGetProperty(path[0], out var resource), $"{{{expression}}} refers to an unknown resource.");
            var found = path[1] switch
            {
                "bindings" => resource.GetProperty("bindings").TryGetProperty(path[2], out _)
                    && path[3] is "host" or "port" or "targetPort" or "url",
                "inputs" => resource.GetProperty("inputs").TryGetProperty(path[2], out _),
                _ => resource.TryGetProperty(path[1], out _),
            };
            Assert.True(found, $"{{{expression}}} refers to an unknown property.");
        });
    }

    [Fact]
    public void Every_project_is_in_the_repository()
    {
        var paths = Resources.EnumerateObject()
            .Where(resource => resource.Value.TryGetProperty("path", out _))
            .Select(resource => resource.Value.GetProperty("path").GetString()!);

        Assert.Equal(2, paths.Count());
        Assert.All(paths, path => Assert.True(File.Exists(Path.Combine(Path.GetDirectoryName(Repository.ManifestPath)!, path)), path));
    }

    [Theory]
    [InlineData("user-api", 3001)]
    [InlineData("order-api", 3002)]
    public void A_service_is_external_on_the_port_in_the_README(string service, int port)
    {
        var binding = Resources.GetProperty(service).GetProperty("bindings").EnumerateObject().Single().Value;

        Assert.Equal(port, binding.GetProperty("targetPort").GetInt32());
        Assert.True(binding.GetProperty("external").GetBoolean());
    }

    [Fact]
    public void Each_database_server_has_its_own_password_and_no_service_refers_to_the_other_database()
    {
        Assert.Equal(
            "{user-postgres-password.value}",
            EnvironmentOf("user-postgres").Single(variable => variable.Name == "POSTGRES_PASSWORD").Value.GetString());
        Assert.Equal(
            "{order-postgres-password.value}",
            EnvironmentOf("order-postgres").Single(variable => variable.Name == "POSTGRES_PASSWORD").Value.GetString());
        Assert.DoesNotContain("orderdb", Resources.GetProperty("user-api").GetRawText(), StringComparison.Ordinal);
        Assert.DoesNotContain("userdb", Resources.GetProperty("order-api").GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_password_is_generated_and_safe_in_a_URI()
    {
        var secrets = Resources.EnumerateObject()
            .Where(resource => resource.Value.GetProperty("type").GetString() == "parameter.v0")
            .ToList();

        Assert.Equal(
            [
                "order-api-orderdb-password", "order-api-rabbitmq-password", "order-postgres-password", "rabbitmq-password",
                "user-api-rabbitmq-password", "user-api-userdb-password", "user-postgres-password",
            ],
            secrets.Select(secret => secret.Name).Order(StringComparer.Ordinal));
        Assert.All(secrets, secret =>
        {
            var input = secret.Value.GetProperty("inputs").GetProperty("value");
            Assert.True(input.GetProperty("secret").GetBoolean());
            var generate = input.GetProperty("default").GetProperty("generate");
            Assert.True(generate.GetProperty("minLength").GetInt32() >= 22);
            Assert.False(generate.GetProperty("special").GetBoolean());
        });
    }

    /// <summary>Whether a connection string is an administrator's, which a service needs only to create its own login.</summary>
    private static bool IsAdministratorLogin(string key) =>
        key.EndsWith("-owner", StringComparison.Ordinal) || key.EndsWith("-management", StringComparison.Ordinal);

    private static JsonElement.ObjectEnumerator EnvironmentOf(string resource) =>
        Resources.GetProperty(resource).GetProperty("env").EnumerateObject();

    [GeneratedRegex(@"\{([^{}""\s]+)\}")]
    private static partial Regex Expression();
}
