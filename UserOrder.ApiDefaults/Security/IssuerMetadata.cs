using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace UserOrder.ApiDefaults.Security;

/// <summary>
/// Fetches the issuer's metadata and keys within a time limit, and remembers a failure. The configuration manager calls it once for each
/// waiting request, one after the other; without the memory the last of them would wait for the sum of all time limits.
/// </summary>
internal sealed class IssuerMetadata(TimeProvider time) : IConfigurationRetriever<OpenIdConnectConfiguration>
{
    /// <summary>The longest fetch of both documents.</summary>
    public static readonly TimeSpan FetchTimeout = TimeSpan.FromSeconds(3);

    /// <summary>How long a failure counts as the answer of the issuer.</summary>
    public static readonly TimeSpan FailureLifetime = TimeSpan.FromSeconds(5);

    private volatile Failure? _failure;

    /// <exception cref="IOException">The issuer does not answer in time, or did not a moment ago.</exception>
    public async Task<OpenIdConnectConfiguration> GetConfigurationAsync(
        string address, IDocumentRetriever retriever, CancellationToken cancel)
    {
        if (_failure is { } failure && time.GetElapsedTime(failure.At) < FailureLifetime)
        {
            throw new IOException($"The issuer did not answer a moment ago: {failure.Reason}");
        }

        try
        {
            using var limit = new CancellationTokenSource(FetchTimeout, time);
            using var end = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancel);
            var configuration = await OpenIdConnectConfigurationRetriever.GetAsync(address, retriever, end.Token);
            _failure = null;
            return configuration;
        }
        catch (Exception exception)
        {
            _failure = new Failure(time.GetTimestamp(), exception.Message);
            throw;
        }
    }

    private sealed record Failure(long At, string Reason);
}
