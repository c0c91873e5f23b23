using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace UserOrder.Tests.Contracts;

/// <summary>A service with two API versions, of which the configuration deprecates the older one.</summary>
public sealed class ApiVersionTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Only_a_deprecated_version_sends_Deprecation_Sunset_and_Link_headers()
    {
        await using var app = await StartAsync(
            ("Api:Versions:v1:Deprecation", "2027-01-31T00:00:00Z"),
            ("Api:Versions:v1:Sunset", "2027-07-31T12:00:00+02:00"),
            ("Api:Versions:v1:Link", "https://userorder.example/versions"));
        using var api = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };

        foreach (var path in new[] { "/v1/things", "/things", "/v1/nowhere", "/v1/broken" })
        {
            using var old = await api.GetAsync(path, Cancelled);
            Assert.Equal("v1, v2", Header(old, "api-supported-versions"));
            Assert.Equal("@1801353600", Header(old, "Deprecation"));
            Assert.Equal("Sat, 31 Jul 2027 10:00:00 GMT", Header(old, "Sunset"));
            Assert.Equal("<https://userorder.example/versions>; rel=\"deprecation sunset\"", Header(old, "Link"));
        }

        using var current = await api.GetAsync("/v2/things", Cancelled);
        Assert.Equal("two", await current.Content.ReadAsStringAsync(Cancelled));
        Assert.Equal("v1, v2", Header(current, "api-supported-versions"));
        Assert.All(["Deprecation", "Sunset", "Link"], name => Assert.Null(Header(current, name)));
    }

    [Theory]
    [InlineData("/v3/things")]
    [InlineData("/v10")]
    [InlineData("/v0/things")]
    [InlineData("/v99999999999999999999/things")]
    public async Task An_unknown_version_gets_404_with_the_supported_versions(string path)
    {
        await using var app = await StartAsync();
        using var api = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };

        using var response = await api.GetAsync(path, Cancelled);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal("v1, v2", Header(response, "api-supported-versions"));
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>(Cancelled);
        Assert.Equal("https://userorder.example/problems/unsupported-version", problem.GetProperty("type").GetString());
        Assert.Equal(["v1", "v2"], problem.GetProperty("supportedVersions").EnumerateArray().Select(version => version.GetString()));
    }

    [Theory]
    [InlineData("/vee/things")]
    [InlineData("/v/things")]
    [InlineData("/v1x")]
    [InlineData("/")]
    public async Task A_path_without_a_version_number_gets_the_ordinary_404(string path)
    {
        await using var app = await StartAsync();
        using var api = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };

        using var response = await api.GetAsync(path, Cancelled);

        var problem = await response.Content.ReadFromJsonAsync<JsonElement>(Cancelled);
        Assert.Equal("https://userorder.example/problems/not-found", problem.GetProperty("type").GetString());
        Assert.Null(Header(response, "api-supported-versions"));
    }

    [Theory]
    [InlineData("Api:Versions:v7:Sunset", "2027-01-31T00:00:00Z", "Api:Versions:v7")]
    [InlineData("Api:Versions:v1:Sunset", "soon", "Api:Versions:v1:Sunset")]
    [InlineData("Api:Versions:v1:Deprecation", "2030-01-31T00:00:00Z", "Api:Versions:v1:Sunset must not be before")]
    [InlineData("Api:Versions:v1:Link", "not a URL", "Api:Versions:v1:Link")]
    public async Task An_invalid_setting_stops_the_start_and_is_named(string key, string value, string named)
    {
        var exception = await Assert.ThrowsAsync<InvalidOperationException>(
            () => StartAsync(("Api:Versions:v1:Sunset", "2029-01-31T00:00:00Z"), (key, value)));

        Assert.Contains(named, exception.Message, StringComparison.Ordinal);
    }

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? Assert.Single(values) : null;

    private static async Task<WebApplication> StartAsync(params (string Key, string Value)[] settings)
    {
        var builder = WebApplication.CreateEmptyBuilder(
            new WebApplicationOptions { ApplicationName = typeof(ApiVersionTests).Assembly.GetName().Name });
        foreach (var (key, value) in settings)
        {
            builder.Configuration[key] = value;
        }

        builder.Configuration["Security:Open"] = "true";
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRouting();
        builder.AddServiceDefaults();
        builder.AddApiDefaults();
        builder.AddApiVersions("v1", "v2");

        var app = builder.Build();
        app.UseServiceDefaults();
        app.UseApiDefaults();
        foreach (var old in new[] { app.MapApiVersion("v1"), app.MapApiVersionAlias("v1") })
        {
            old.MapGet("/things", () => "one");
            old.MapGet("/broken", string () => throw new BadHttpRequestException("broken"));
        }

        app.MapApiVersion("v2").MapGet("/things", () => "two");
        await app.StartAsync(Cancelled);
        return app;
    }
}
