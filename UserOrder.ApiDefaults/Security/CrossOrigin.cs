using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Net.Http.Headers;

namespace UserOrder.ApiDefaults.Security;

/// <summary>Allows browsers to show responses to pages of the origins in <c>Cors:Origins</c>, and to no others.</summary>
internal static class CrossOrigin
{
    private const string Key = "Cors:Origins";

    private static readonly string[] SentHeaders = [HeaderNames.Authorization, HeaderNames.ContentType, HeaderNames.TraceParent];

    private static readonly string[] ReadHeaders = [HeaderNames.Location, HeaderNames.RetryAfter, HeaderNames.WWWAuthenticate];

    /// <exception cref="InvalidOperationException">A value is not an origin.</exception>
    public static void AddCrossOrigin(this IHostApplicationBuilder builder)
    {
        var origins = OriginsOf(builder.Configuration);
        if (origins.Length > 0)
        {
            builder.Services.AddCors();
            builder.Services.AddOptions<CorsOptions>()
                .Configure<IEnumerable<CrossOriginHeaders>>((cors, own) => cors.AddDefaultPolicy(policy => policy
                    .WithOrigins(origins)
                    .WithMethods("GET", "POST")
                    .WithHeaders([.. SentHeaders, .. own.Select(header => header.Sent)])
                    .WithExposedHeaders([.. ReadHeaders, .. own.Select(header => header.Read)])));
        }
    }

    public static void UseCrossOrigin(this WebApplication app)
    {
        if (OriginsOf(app.Configuration).Length > 0)
        {
            app.UseCors();
        }
    }

    private static string[] OriginsOf(IConfiguration configuration)
    {
        var origins = configuration.GetSection(Key).GetChildren().Select(child => child.Value ?? "").ToArray();
        foreach (var origin in origins)
        {
            SecurityOptions.Check(
                Uri.TryCreate(origin, UriKind.Absolute, out var uri) && uri.GetLeftPart(UriPartial.Authority) == origin,
                $"{Key} must list origins such as https://shop.example, not '{origin}'.");
        }

        return origins;
    }
}
