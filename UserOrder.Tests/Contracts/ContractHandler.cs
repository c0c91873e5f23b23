namespace UserOrder.Tests.Contracts;

/// <summary>Holds every answer of a service against its contract, whatever the test is about.</summary>
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
