using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Console;

namespace UserOrder.ServiceDefaults.Telemetry;

internal static class ConsoleLogs
{
    private const string FormatterKey = "Logging:Console:FormatterName";

    /// <summary>
    /// One JSON object a line on the console, with time in UTC, event id, trace id and span id, for whatever collects a container's output;
    /// in Development, and where <c>Logging:Console:FormatterName</c> says otherwise, text for the person who reads along.
    /// </summary>
    public static void AddConsoleLogs(this IHostApplicationBuilder builder)
    {
        if (builder.Environment.IsDevelopment() || !string.IsNullOrEmpty(builder.Configuration[FormatterKey]))
        {
            return;
        }

        builder.Services.Configure<ConsoleLoggerOptions>(console => console.FormatterName = ConsoleFormatterNames.Json);
        builder.Services.Configure<JsonConsoleFormatterOptions>(json =>
        {
            // The framework puts the ids of trace and span into a scope.
            json.IncludeScopes = true;
            json.UseUtcTimestamp = true;
            json.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";
        });
    }
}
