using Microsoft.AspNetCore.Http;
using UserOrder.Messaging.AspNetCore;

namespace UserOrder.Messaging.Tests;

public sealed class CrossSiteRequestTests
{
    [Theory]
    [InlineData(null, null, true)]
    [InlineData("same-origin", null, true)]
    [InlineData("none", null, true)]
    [InlineData("same-site", null, false)]
    [InlineData("cross-site", null, false)]
    [InlineData("", null, false)]
    [InlineData("same-origin", "https://other.example", true)]
    [InlineData("cross-site", "http://admin.example:81", false)]
    [InlineData(null, "http://admin.example:81", true)]
    [InlineData(null, "HTTP://admin.example:81", true)]
    [InlineData(null, "http://admin.example", false)]
    [InlineData(null, "https://admin.example:81", false)]
    [InlineData(null, "http://other.example:81", false)]
    [InlineData(null, "null", false)]
    [InlineData(null, "", false)]
    public void Only_requests_of_the_same_origin_and_of_no_browser_pass(string? fetchSite, string? origin, bool passes)
    {
        var request = new DefaultHttpContext().Request;
        (request.Scheme, request.Host) = ("http", new HostString("admin.example", 81));
        if (fetchSite is not null)
        {
            request.Headers["Sec-Fetch-Site"] = fetchSite;
        }

        if (origin is not null)
        {
            request.Headers.Origin = origin;
        }

        Assert.Equal(passes, CrossSiteRequests.IsOfSameOrigin(request));
    }

    [Fact]
    public void Repeated_headers_are_refused()
    {
        var request = new DefaultHttpContext().Request;
        request.Headers["Sec-Fetch-Site"] = new(["same-origin", "cross-site"]);

        Assert.False(CrossSiteRequests.IsOfSameOrigin(request));
    }
}
