using UserOrder.ManifestRunner.Evaluation;

namespace UserOrder.Tests.Runner;

public class ManifestExpressionTests
{
    [Fact]
    public void Every_reference_of_a_text_is_found_in_order()
    {
        var references = ManifestExpression.References("amqp://guest:{rabbitmq-password.value}@{rabbitmq.bindings.tcp.host}:{rabbitmq.bindings.tcp.port}");

        Assert.Equal(
            [new("rabbitmq-password", "value"), new("rabbitmq", "bindings.tcp.host"), new("rabbitmq", "bindings.tcp.port")],
            references);
    }

    [Theory]
    [InlineData("plain text")]
    [InlineData("{}")]
    [InlineData("{no-property}")]
    [InlineData("{\"json\": 1}")]
    public void Braces_that_hold_no_reference_are_left_alone(string text)
    {
        Assert.Empty(ManifestExpression.References(text));
        Assert.Equal(text, ManifestExpression.Replace(text, _ => "replaced"));
    }

    [Fact]
    public void A_replacement_is_not_searched_for_references_again() =>
        Assert.Equal("<{b.value}>", ManifestExpression.Replace("<{a.value}>", _ => "{b.value}"));
}
