namespace UserOrder.Tests.Contracts;

/// <summary>Checks every answer of a service against its contract, in every test that uses this handler.</summary>
internal sealed class ContractHandler : DelegatingHandler
{
    private readonly OpenApiContract _contract;

    public ContractHandler(OpenApiContract contract)
        : base(new SocketsHttpHandler()) => _contract = contract;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        if (_contract.Find(request.Method.Method, request.RequestUri!.AbsolutePath) is { } operation)
        {
            await _contract.AssertValidAsync(operation, response, cancellationToken);
        }

        return response;
    }
}
