namespace UserOrder.ManifestRunner.Networking;

/// <summary>Where a binding of a resource listens on this machine.</summary>
internal sealed record Endpoint(string Scheme, string Host, int Port)
{
    // An address rather than "localhost": only this machine can connect, and no client tries ::1 in vain first.
    public const string Loopback = "127.0.0.1";

    public string Url => $"{Scheme}://{Host}:{Port}";
}
