using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using UserOrder.ApiDefaults.Security;

namespace UserOrder.Tests.Security;

/// <summary>What pages of other origins may do.</summary>
public sealed class CrossOriginTests
{
    private const string Page = "https://shop.example";

    [Fact]
    public async Task A_page_of_a_listed_origin_may_send_and_read_the_headers_of_the_API()
    {
        await using var app = await StartAsync("https://another.example", Page);

        using var preflight = await SendAsync(app, HttpMethod.Options, Page);
        using var answer = await SendAsync(app, HttpMethod.Get, Page);

        Assert.Equal(Page, Read(preflight, "Allow-Origin"));
        Assert.Equal("GET,POST", Read(preflight, "Allow-Methods"));
        Assert.Equal("Authorization,Content-Type,traceparent,Thing-Key", Read(preflight, "Allow-Headers"), ignoreCase: true);
        Assert.Equal(Page, Read(answer, "Allow-Origin"));
        Assert.Equal("Location,Retry-After,WWW-Authenticate,Thing-Replayed", Read(answer, "Expose-Headers"));
        Assert.Null(Read(answer, "Allow-Credentials"));
    }

    [Theory]
    [InlineData("https://elsewhere.example")]
    [InlineData("http://shop.example")]
    [InlineData("https://shop.example.elsewhere.example")]
    [InlineData("null")]
    public async Task A_page_of_another_origin_reads_nothing(string origin)
    {
        await using var app = await StartAsync(Page);

        using var preflight = await SendAsync(app, HttpMethod.Options, origin);
        using var answer = await SendAsync(app, HttpMethod.Get, origin);

        Assert.Null(Read(preflight, "Allow-Origin"));
        Assert.Null(Read(answer, "Allow-Origin"));
    }

    [Fact]
    public async Task Without_the_setting_no_page_reads_anything()
    {
        await using var app = await StartAsync();

        using var answer = await SendAsync(app, HttpMethod.Get, Page);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Null(Read(answer, "Allow-Origin"));
    }

    [Theory]
    [InlineData("*")]
    [InlineData("")]
    [InlineData("shop.example")]
    [InlineData("https://shop.example/")]
    [InlineData("https://shop.example/cart")]
    [InlineData("https://*.example")]
    public async Task A_value_that_is_not_an_origin_stops_the_start(string origin)
    {
        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync(Page, origin));

        Assert.Equal($"Cors:Origins must list origins such as https://shop.example, not '{origin}'.", exception.Message);
    }

    private static async Task<WebApplication> StartAsync(params string[] origins)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Configuration.AddInMemoryCollection(
            origins.Select((origin, i) => KeyValuePair.Create($"Cors:Origins:{i}", (string?)origin)));
        builder.Services.AddSingleton(new CrossOriginHeaders("Thing-Key", "Thing-Replayed"));
        builder.AddCrossOrigin();
        var app = builder.Build();
        app.UseCrossOrigin();
        app.Run(context => context.Response.WriteAsync("things"));
        await app.StartAsync(TestContext.Current.CancellationToken);
        return app;
    }

    private static async Task<HttpResponseMessage> SendAsync(WebApplication app, HttpMethod method, string origin)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        using var request = new HttpRequestMessage(method, app.Urls.Single());
        request.Headers.Add("Origin", origin);
        if (method == HttpMethod.Options)
        {
            request.Headers.Add("Access-Control-Request-Method", "POST");
            request.Headers.Add("Access-Control-Request-Headers", "authorization,thing-key");
        }

        return await client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private static string? Read(HttpResponseMessage answer, string header) =>
        answer.Headers.TryGetValues($"Access-Control-{header}", out var values) ? string.Join(',', values) : null;
}
