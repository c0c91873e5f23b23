using System.Globalization;

namespace UserOrder.ManifestRunner.Networking;

/// <summary>A port that the user wants for an endpoint.</summary>
/// <param name="Resource">The resource's name in the manifest.</param>
/// <param name="Binding">The endpoint's name in the manifest.</param>
/// <param name="Port">1 to 65535, or 0 for any free port.</param>
public sealed record PortRequest(string Resource, string Binding, int Port)
{
    private const string DefaultBinding = "http";

    /// <summary>Reads <c>RESOURCE=PORT</c>, which means the endpoint <c>http</c>, or <c>RESOURCE.ENDPOINT=PORT</c>.</summary>
    /// <exception cref="FormatException">The text has another form or the port is out of range.</exception>
    public static PortRequest Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Split('=') is not [{ Length: > 0 } endpoint, var number]
            || !int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            || port > ushort.MaxValue)
        {
            throw new FormatException(
                $"'{text}' is not of the form RESOURCE=PORT or RESOURCE.ENDPOINT=PORT with a port from 0 (any free one) to 65535.");
        }

        return endpoint.Split('.', 2) is [var resource, var binding]
            ? new PortRequest(resource, binding, port)
            : new PortRequest(endpoint, DefaultBinding, port);
    }

    /// <inheritdoc />
    public override string ToString() => $"{Resource}.{Binding}={Port}";

    internal bool Matches(string resource, string binding) => Resource == resource && Binding == binding;
}
