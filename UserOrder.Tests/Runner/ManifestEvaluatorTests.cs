using System.Globalization;
using UserOrder.ManifestRunner.Evaluation;
using UserOrder.ManifestRunner.Manifest;
using UserOrder.ManifestRunner.Networking;

namespace UserOrder.Tests.Runner;

public class ManifestEvaluatorTests
{
    private readonly AppManifest _manifest = TestManifest.Typical();
    private readonly EndpointMap _endpoints;
    private readonly ManifestEvaluator _evaluator;

    public ManifestEvaluatorTests()
    {
        _endpoints = EndpointMap.Allocate(_manifest, [], ephemeral: true);
        _evaluator = new ManifestEvaluator(_manifest, _endpoints, (resource, input) => resource == "broker-password" ? "p@ss/word" : $"{resource}.{input}");
    }

    [Fact]
    public void A_connection_string_leads_through_other_resources() =>
        Assert.Equal($"Host=127.0.0.1;Port={Port("server", "tcp")};Database=db", _evaluator.ConnectionString("db"));

    [Fact]
    public void The_uri_filter_escapes_what_a_uri_gives_a_meaning_to() =>
        Assert.Equal($"amqp://guest:p%40ss%2Fword@127.0.0.1:{Port("broker", "tcp")}", _evaluator.ConnectionString("broker"));

    [Theory]
    [InlineData("scheme", "http")]
    [InlineData("host", "127.0.0.1")]
    public void A_binding_has_parts(string part, string expected) => Assert.Equal(expected, _evaluator.Evaluate($"{{front.bindings.http.{part}}}"));

    [Fact]
    public void Inside_and_outside_port_are_the_same_without_a_container()
    {
        Assert.Equal(Port("back", "http"), _evaluator.Evaluate("{back.bindings.http.port}"));
        Assert.Equal(Port("back", "http"), _evaluator.Evaluate("{back.bindings.http.targetPort}"));
        Assert.Equal($"http://127.0.0.1:{Port("back", "http")}", _evaluator.Evaluate("{back.bindings.http.url}"));
    }

    [Theory]
    [InlineData("{nope.value}")]
    [InlineData("{db.value}")]
    [InlineData("{front.connectionString}")]
    [InlineData("{region.inputs.other}")]
    [InlineData("{front.bindings.grpc.port}")]
    [InlineData("{front.bindings.http.colour}")]
    [InlineData("{front.whatever}")]
    public void A_reference_that_leads_nowhere_is_named(string expression)
    {
        var exception = Assert.Throws<ManifestException>(() => _evaluator.Evaluate(expression));

        Assert.Contains(expression.Trim('{', '}').Split('.')[0], exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Values_that_refer_to_each_other_in_a_circle_are_refused()
    {
        var manifest = TestManifest.Of("""
            "a": { "type": "value.v0", "connectionString": "{b.connectionString}" },
            "b": { "type": "value.v0", "connectionString": "{a.connectionString}" }
            """);
        var evaluator = new ManifestEvaluator(manifest, EndpointMap.Allocate(manifest, [], ephemeral: true), (_, _) => "");

        var exception = Assert.Throws<ManifestException>(() => evaluator.ConnectionString("a"));

        Assert.Contains("{a.connectionString} → {b.connectionString} → {a.connectionString}", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_filter_is_refused()
    {
        var manifest = TestManifest.Of("""
            "a": { "type": "parameter.v0", "value": "text", "inputs": {} },
            "b": { "type": "annotated.string", "value": "{a.value}", "filter": "rot13" }
            """);
        var evaluator = new ManifestEvaluator(manifest, EndpointMap.Allocate(manifest, [], ephemeral: true), (_, _) => "");

        Assert.Contains("rot13", Assert.Throws<ManifestException>(() => evaluator.Evaluate("{b.value}")).Message, StringComparison.Ordinal);
    }

    private string Port(string resource, string binding) => _endpoints[resource, binding].Port.ToString(CultureInfo.InvariantCulture);
}
