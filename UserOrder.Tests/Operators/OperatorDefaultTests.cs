using System.Net;
using UserOrder.Tests.Observability;

namespace UserOrder.Tests.Operators;

/// <summary>A service in Production that sets nothing.</summary>
public sealed class OperatorDefaultTests(ObservedSystem system) : ObservedTest(system)
{
    [Theory]
    [InlineData("/admin/")]
    [InlineData("/admin/page/main.js")]
    [InlineData("/admin/status")]
    [InlineData("/admin/dead-letters")]
    public async Task Page_and_endpoints_are_off_by_default(string path)
    {
        using var userApi = await Observed.UserApi.GetAsync(path, Cancelled);
        using var orderApi = await Observed.OrderApi.GetAsync(path, Cancelled);

        Assert.Equal(HttpStatusCode.NotFound, userApi.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, orderApi.StatusCode);
    }
}
