using UserOrder.ManifestRunner.Networking;

namespace UserOrder.Tests.Runner;

public class PortRequestTests
{
    [Theory]
    [InlineData("user-api=3005", "user-api", "http", 3005)]
    [InlineData("user-api=0", "user-api", "http", 0)]
    [InlineData("rabbitmq.management=15673", "rabbitmq", "management", 15673)]
    [InlineData("rabbitmq.tcp=65535", "rabbitmq", "tcp", 65535)]
    public void A_port_is_asked_for_by_resource_and_endpoint(string text, string resource, string binding, int port) =>
        Assert.Equal(new PortRequest(resource, binding, port), PortRequest.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("user-api")]
    [InlineData("=3001")]
    [InlineData("user-api=")]
    [InlineData("user-api=http")]
    [InlineData("user-api=-1")]
    [InlineData("user-api=65536")]
    [InlineData("user-api=1=2")]
    public void Anything_else_is_answered_with_the_form(string text) =>
        Assert.Contains("RESOURCE=PORT", Assert.Throws<FormatException>(() => PortRequest.Parse(text)).Message, StringComparison.Ordinal);
}
