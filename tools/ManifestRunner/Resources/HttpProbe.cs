namespace UserOrder.ManifestRunner.Resources;

/// <summary>Whether a server answers over HTTP yet.</summary>
internal static class HttpProbe
{
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(5) };

    /// <returns>Null if it answers with a success, else what it does instead.</returns>
    public static async Task<string?> AskAsync(Uri address, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await Http.GetAsync(address, cancellationToken);
            return response.IsSuccessStatusCode ? null : $"it answers {(int)response.StatusCode}";
        }
        catch (HttpRequestException exception)
        {
            return exception.Message;
        }
        catch (TaskCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return "it does not answer";
        }
    }
}
