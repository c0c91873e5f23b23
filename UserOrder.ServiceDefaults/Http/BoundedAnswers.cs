namespace UserOrder.ServiceDefaults.Http;

/// <summary>Receives the whole body of an answer within the time limit of its attempt, and refuses a larger one.</summary>
/// <remarks>
/// A client that reads the body later reads it outside of the resilience pipeline: without a time limit, a retry and the circuit breaker.
/// </remarks>
internal sealed class BoundedAnswers(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    /// <summary>1 MiB. A call with a larger answer fails with an <see cref="HttpRequestException"/>.</summary>
    public const int MaxBytes = 1024 * 1024;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        try
        {
            await response.Content.LoadIntoBufferAsync(MaxBytes, cancellationToken);
            return response;
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }
}
