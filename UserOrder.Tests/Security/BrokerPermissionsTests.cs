using System.Text.RegularExpressions;
using UserOrder.Messaging.Broker;

namespace UserOrder.Tests.Security;

public sealed class BrokerPermissionsTests
{
    private static readonly BrokerPermissions Permissions = BrokerPermissions.Of(
        "shop.events", [new SubscribedQueue("a.things", "thing.happened.v1")], [new PublishedType("other.happened.v1")]);

    [Theory]
    [InlineData("a.things", true)]
    [InlineData("a.things.dead", true)]
    [InlineData("a.thingsX", false)]
    [InlineData("axthings", false)]
    [InlineData("b.a.things", false)]
    [InlineData("shop.events", false)]
    [InlineData("", false)]
    public void A_service_may_declare_its_own_queues_only(string name, bool allowed) =>
        Assert.Equal(allowed, Regex.IsMatch(name, Permissions.Configure));

    [Theory]
    [InlineData("other.happened.v1", true)]
    [InlineData("thing.happened.v1", false)]
    [InlineData("other.happened.v2", false)]
    public void A_service_may_publish_its_own_types_only(string type, bool allowed) =>
        Assert.Equal(allowed, Regex.IsMatch(type, Permissions.TopicWrite));

    [Fact]
    public void A_service_without_subscriptions_may_read_nothing()
    {
        var permissions = BrokerPermissions.Of("shop.events", [], [new PublishedType("other.happened.v1")]);

        Assert.DoesNotMatch(permissions.Configure, "a.things");
        Assert.DoesNotMatch(permissions.TopicRead, "other.happened.v1");
    }
}
