using Microsoft.Extensions.Configuration;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>
/// Replaces <c>scheme://name</c> by the address in <c>services:{name}:{scheme}:{n}</c>, in turn where there are several. A name that is not
/// configured is left to DNS. <c>https+http</c> prefers https.
/// </summary>
internal sealed class ServiceDiscoveryHandler(IConfiguration configuration) : DelegatingHandler
{
    private static uint _turn;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var named = request.RequestUri!;
        request.RequestUri = Resolve(named);
        try
        {
            return await base.SendAsync(request, cancellationToken);
        }
        finally
        {
            // A second attempt looks the name up again.
            request.RequestUri = named;
        }
    }

    private Uri Resolve(Uri uri)
    {
        var schemes = uri.Scheme.Split('+');
        foreach (var scheme in schemes)
        {
            var addresses = configuration.GetSection($"services:{uri.Host}:{scheme}").GetChildren().Select(entry => entry.Value).OfType<string>().ToArray();
            if (addresses.Length > 0)
            {
                var address = addresses[Interlocked.Increment(ref _turn) % addresses.Length];
                return new Uri(new Uri(address), uri.PathAndQuery);
            }
        }

        return schemes.Length == 1 ? uri : new UriBuilder(uri) { Scheme = schemes[0] }.Uri;
    }
}
