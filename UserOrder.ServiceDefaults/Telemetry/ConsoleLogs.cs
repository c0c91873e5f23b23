using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Console;

namespace UserOrder.ServiceDefaults.Telemetry;

internal static class ConsoleLogs
{
    private const string FormatterKey = "Logging:Console:FormatterName";

    /// <summary>
    /// Writes one JSON object a line to the console, with UTC time, event id, trace id and span id, for a log collector. In Development,
    /// and when <c>Logging:Console:FormatterName</c> is set, the framework's formatter applies.
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
            // The framework puts trace id and span id into a scope.
            json.IncludeScopes = true;
            json.UseUtcTimestamp = true;
            json.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";
        });
    }
}
