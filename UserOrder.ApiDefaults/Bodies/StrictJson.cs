using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Net.Http.Headers;

namespace UserOrder.ApiDefaults.Bodies;

internal static class StrictJson
{
    /// <summary>Reads request bodies strictly: no numbers in quotes, no duplicate keys, at most 16 levels.</summary>
    public static void AddStrictJson(this IServiceCollection services) =>
        services.ConfigureHttpJsonOptions(options =>
        {
            options.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
            options.SerializerOptions.AllowDuplicateProperties = false;
            options.SerializerOptions.MaxDepth = 16;
        });

    /// <summary>Takes JSON in UTF-8 only, as RFC 8259, section 8.1, has it.</summary>
    /// <remarks>The framework fails with a 500 where it does not know the charset, even for UTF-8 in quotes.</remarks>
    public static void UseStrictJson(this WebApplication app) =>
        app.Use((context, next) =>
        {
            var request = context.Request;
            if (request.HasJsonContentType() && MediaTypeHeaderValue.Parse(request.ContentType) is { Charset.HasValue: true } type)
            {
                if (!HeaderUtilities.RemoveQuotes(type.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase))
                {
                    context.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
                    return Task.CompletedTask;
                }

                type.Charset = default;
                request.ContentType = type.ToString();
            }

            return next(context);
        });
}
