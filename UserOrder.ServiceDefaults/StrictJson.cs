using System.Text.Json.Serialization;
using Microsoft.Extensions.DependencyInjection;

namespace UserOrder.ServiceDefaults;

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
}
