using UserOrder.ManifestRunner.Evaluation;
using UserOrder.ManifestRunner.Manifest;

namespace UserOrder.Tests.Runner;

public class StartOrderTests
{
    [Fact]
    public void A_project_waits_for_the_containers_that_its_expressions_lead_to()
    {
        var dependencies = StartOrder.Dependencies(TestManifest.Typical());

        Assert.Equal(["broker"], dependencies["front"]);
        Assert.Equal(["server"], dependencies["back"]);
    }

    [Fact]
    public void A_container_that_refers_to_itself_waits_for_nothing() => Assert.Empty(StartOrder.Dependencies(TestManifest.Typical())["broker"]);

    [Fact]
    public void Containers_that_wait_for_each_other_are_refused()
    {
        var manifest = TestManifest.Of("""
            "a": { "type": "container.v0", "image": "x", "env": { "B": "{b.bindings.tcp.port}" }, "bindings": { "tcp": { "scheme": "tcp" } } },
            "b": { "type": "container.v0", "image": "x", "env": { "A": "{a.bindings.tcp.port}" }, "bindings": { "tcp": { "scheme": "tcp" } } }
            """);

        Assert.Contains("a → b → a", Assert.Throws<ManifestException>(() => StartOrder.Dependencies(manifest)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_reference_to_nothing_is_found_before_anything_starts()
    {
        var manifest = TestManifest.Of("""
            "a": { "type": "project.v0", "path": "a.csproj", "env": { "X": "{missing.value}" } }
            """);

        Assert.Contains("missing", Assert.Throws<ManifestException>(() => StartOrder.Dependencies(manifest)).Message, StringComparison.Ordinal);
    }
}
