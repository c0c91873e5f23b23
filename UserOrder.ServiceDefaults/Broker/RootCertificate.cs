using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace UserOrder.ServiceDefaults.Broker;

/// <summary>A private certificate authority. It replaces the authorities that the system trusts.</summary>
internal sealed class RootCertificate
{
    /// <summary>The extended key usage of a TLS server (RFC 5280, section 4.2.1.12).</summary>
    private static readonly Oid ServerAuthentication = new("1.3.6.1.5.5.7.3.1");

    private readonly X509Certificate2Collection _roots = [];

    /// <exception cref="InvalidOperationException">The file is missing or holds no certificate.</exception>
    public RootCertificate(string key, string path)
    {
        try
        {
            _roots.ImportFromPemFile(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new InvalidOperationException($"{key} must be a PEM file: {exception.Message}", exception);
        }

        if (_roots.Count == 0)
        {
            throw new InvalidOperationException($"{key} must be a PEM file with a certificate.");
        }
    }

    /// <summary>Whether the certificate is valid now, is for a server of this name, and is signed by the authority.</summary>
    public bool Accepts(X509Certificate? certificate, X509Chain? sent, SslPolicyErrors errors)
    {
        if (certificate is not X509Certificate2 server || (errors & ~SslPolicyErrors.RemoteCertificateChainErrors) != SslPolicyErrors.None)
        {
            return false;
        }

        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(_roots);
        chain.ChainPolicy.ApplicationPolicy.Add(ServerAuthentication);

        // A private authority rarely publishes a revocation list.
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        foreach (var element in sent?.ChainElements ?? Enumerable.Empty<X509ChainElement>())
        {
            chain.ChainPolicy.ExtraStore.Add(element.Certificate);
        }

        return chain.Build(server);
    }
}
