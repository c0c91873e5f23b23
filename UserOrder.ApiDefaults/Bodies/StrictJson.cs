using System.Net.Mime;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Net.Http.Headers;

namespace UserOrder.ApiDefaults.Bodies;

internal static class StrictJson
{
    /// <summary>Reads request bodies strictly: numbers by their value and not quoted, no duplicate keys, at most 16 levels.</summary>
    public static void AddStrictJson(this IServiceCollection services) =>
        services.ConfigureHttpJsonOptions(options =>
        {
            options.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
            options.SerializerOptions.AllowDuplicateProperties = false;
            options.SerializerOptions.MaxDepth = 16;
            options.SerializerOptions.Converters.Add(new ExactDecimalConverter());
            options.SerializerOptions.Converters.Add(new ExactInt32Converter());
        });

    /// <summary>Accepts JSON in UTF-8 only (RFC 8259, section 8.1).</summary>
    /// <remarks>
    /// The framework answers <c>500</c> to a charset that it does not know, even to a quoted UTF-8, wherever it stands among the
    /// parameters. So it gets no parameter that the client chose.
    /// </remarks>
    public static void UseStrictJson(this WebApplication app) =>
        app.Use((context, next) =>
        {
            var request = context.Request;
            if (request.HasJsonContentType())
            {
                if (!MediaTypeHeaderValue.Parse(request.ContentType).Parameters.All(IsInUtf8))
                {
                    context.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
                    return Task.CompletedTask;
                }

                request.ContentType = MediaTypeNames.Application.Json;
            }

            return next(context);
        });

    /// <summary>False for another charset; other parameters have no meaning for JSON.</summary>
    private static bool IsInUtf8(NameValueHeaderValue parameter) =>
        !parameter.Name.Equals("charset", StringComparison.OrdinalIgnoreCase)
        || HeaderUtilities.RemoveQuotes(parameter.Value).Equals("utf-8", StringComparison.OrdinalIgnoreCase);
}
