using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace UserOrder.ServiceDefaults.Broker;

/// <summary>A private certificate authority. It replaces the authorities that the system trusts.</summary>
internal sealed class RootCertificate
{
    private readonly X509Certificate2Collection _roots = [];

    /// <exception cref="InvalidOperationException">The file is missing or holds no certificate.</exception>
    public RootCertificate(string key, string path)
    {
        try
        {
            _roots.ImportFromPemFile(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or System.Security.Cryptography.CryptographicException)
        {
            throw new InvalidOperationException($"{key} must be a PEM file: {exception.Message}", exception);
        }

        if (_roots.Count == 0)
        {
            throw new InvalidOperationException($"{key} must be a PEM file with a certificate.");
        }
    }

    /// <summary>Whether the certificate is valid now, matches the server's name and is signed by the authority.</summary>
    public bool Accepts(X509Certificate? certificate, X509Chain? sent, SslPolicyErrors errors)
    {
        if (certificate is not X509Certificate2 server || (errors & ~SslPolicyErrors.RemoteCertificateChainErrors) != SslPolicyErrors.None)
        {
            return false;
        }

        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(_roots);

        // A private authority rarely publishes a revocation list.
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        foreach (var element in sent?.ChainElements ?? Enumerable.Empty<X509ChainElement>())
        {
            chain.ChainPolicy.ExtraStore.Add(element.Certificate);
        }

        return chain.Build(server);
    }
}
