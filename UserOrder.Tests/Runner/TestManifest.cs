using UserOrder.ManifestRunner.Manifest;

namespace UserOrder.Tests.Runner;

/// <summary>Small manifests for the runner's unit tests.</summary>
internal static class TestManifest
{
    public const string BrokerDatabaseAndTwoProjects = """
        "broker": {
          "type": "container.v0",
          "image": "docker.io/library/rabbitmq:4.3-management",
          "connectionString": "amqp://guest:{broker-password-uri-encoded.value}@{broker.bindings.tcp.host}:{broker.bindings.tcp.port}",
          "env": { "RABBITMQ_DEFAULT_PASS": "{broker-password.value}" },
          "bindings": {
            "tcp": { "scheme": "tcp", "targetPort": 5672 },
            "management": { "scheme": "http", "targetPort": 15672 }
          }
        },
        "server": {
          "type": "container.v0",
          "image": "postgres:18.3",
          "connectionString": "Host={server.bindings.tcp.host};Port={server.bindings.tcp.port}",
          "bindings": { "tcp": { "scheme": "tcp", "targetPort": 5432 } }
        },
        "db": { "type": "value.v0", "connectionString": "{server.connectionString};Database=db" },
        "front": {
          "type": "project.v0",
          "path": "../Front/Front.csproj",
          "env": { "ConnectionStrings__broker": "{broker.connectionString}", "BACK": "{back.bindings.http.url}" },
          "bindings": { "http": { "scheme": "http", "targetPort": 3001, "external": true } }
        },
        "back": {
          "type": "project.v0",
          "path": "../Back/Back.csproj",
          "env": { "ConnectionStrings__db": "{db.connectionString}", "FRONT": "{front.bindings.http.url}" },
          "bindings": { "http": { "scheme": "http", "port": 3002, "targetPort": 8080, "external": true } }
        },
        "broker-password": {
          "type": "parameter.v0",
          "value": "{broker-password.inputs.value}",
          "inputs": { "value": { "type": "string", "secret": true, "default": { "generate": { "minLength": 22, "special": false } } } }
        },
        "broker-password-uri-encoded": { "type": "annotated.string", "value": "{broker-password.value}", "filter": "uri" },
        "region": {
          "type": "parameter.v0",
          "value": "{region.inputs.value}",
          "inputs": { "value": { "type": "string", "default": { "value": "north" } } }
        },
        "licence": { "type": "parameter.v0", "value": "{licence.inputs.value}", "inputs": { "value": { "type": "string" } } }
        """;

    public static AppManifest Typical() => Of(BrokerDatabaseAndTwoProjects);

    public static AppManifest Of(string resources) => AppManifest.Parse($$"""{ "resources": { {{resources}} } }""", "/repository/aspire-manifest/aspire-manifest.json");
}
