namespace UserOrder.ApiDefaults.Security;

/// <summary>The part of .NET's factory that <c>ClientTokens</c> uses.</summary>
internal interface IHttpClientFactory
{
    IIssuer CreateClient(string name);
}

/// <summary>The issuer of access tokens.</summary>
internal interface IIssuer : IDisposable
{
    Task<HttpResponseMessage> SendAsync(HttpRequestMessage request);
}
