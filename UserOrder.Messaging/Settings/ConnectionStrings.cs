using Microsoft.Extensions.Configuration;
using Npgsql;

namespace UserOrder.Messaging.Settings;

/// <summary>Reads connection strings at the start. Errors name the setting and never quote the value, which may hold a password.</summary>
internal static class ConnectionStrings
{
    /// <summary>A PostgreSQL connection string; null if it is not set.</summary>
    /// <exception cref="InvalidOperationException">The value is not a PostgreSQL connection string with a host.</exception>
    public static string? Postgres(IConfiguration configuration, string name)
    {
        const string Expected = "a PostgreSQL connection string, such as Host=db;Username=service;Password=secret;Database=data";
        if (configuration.GetConnectionString(name) is not { } value)
        {
            return null;
        }

        try
        {
            return new NpgsqlConnectionStringBuilder(value).Host is { Length: > 0 } ? value : throw Invalid(name, Expected);
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or OverflowException)
        {
            // The driver's message quotes the text before the first equals sign, which in a URI includes the password.
            throw Invalid(name, Expected);
        }
    }

    /// <summary>The address and login of the broker's management API; null if it is not set.</summary>
    /// <exception cref="InvalidOperationException">The value is not an HTTP URI with a login.</exception>
    public static Uri? Management(IConfiguration configuration, string name)
    {
        if (configuration.GetConnectionString(name) is not { } value)
        {
            return null;
        }

        return Uri.TryCreate(value, UriKind.Absolute, out var uri)
            && uri.Scheme is "http" or "https"
            && uri.UserInfo.Contains(':', StringComparison.Ordinal)
                ? uri
                : throw Invalid(name, "an HTTP URI with a login, such as http://administrator:secret@broker:15672");
    }

    private static InvalidOperationException Invalid(string name, string expected) => new($"ConnectionStrings:{name} must be {expected}.");
}
