using System.Net;
using System.Net.Http.Json;
using UserOrder.Tests.Graph;

namespace UserOrder.Tests.Integration;

/// <summary>The two calls of the tutorial, on the tutorial's paths and on the versioned paths.</summary>
public sealed class TutorialTests(RunningGraph graph) : IntegrationTest(graph)
{
    [Theory]
    [InlineData("/users")]
    [InlineData("/v1/users")]
    public async Task A_user_is_created(string path)
    {
        var email = NewEmail();
        using var response = await UserApi.PostAsJsonAsync(path, new { name = "Ada Lovelace", email }, Cancelled);

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        var user = await ReadAsync(response);
        Assert.Equal("Ada Lovelace", user.GetProperty("name").GetString());
        Assert.Equal(email, user.GetProperty("email").GetString());
        Assert.Equal(7, user.GetProperty("id").GetGuid().Version);
        Assert.Equal(TimeSpan.Zero, user.GetProperty("createdAt").GetDateTimeOffset().Offset);

        using var found = await UserApi.GetAsync(response.Headers.Location, Cancelled);
        Assert.Equal(HttpStatusCode.OK, found.StatusCode);
        Assert.Equal(user.GetProperty("createdAt").GetString(), (await ReadAsync(found)).GetProperty("createdAt").GetString());
    }

    [Theory]
    [InlineData("/orders")]
    [InlineData("/v1/orders")]
    public async Task An_order_is_placed(string path)
    {
        var userId = await CreateUserAsync();

        using var response = await OrderApi.PostAsJsonAsync(path, new { userId }, Cancelled);

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        var order = await ReadAsync(response);
        Assert.Equal(userId, order.GetProperty("userId").GetGuid());
        Assert.Equal(7, order.GetProperty("orderId").GetGuid().Version);

        using var found = await OrderApi.GetAsync(response.Headers.Location, Cancelled);
        Assert.Equal(HttpStatusCode.OK, found.StatusCode);
        Assert.Equal(order.GetRawText(), (await ReadAsync(found)).GetRawText());
    }
}
