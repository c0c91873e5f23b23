using System.Net;
using System.Net.Sockets;
using UserOrder.Tests.Graph;
using UserOrder.Tests.Integration;
using UserOrder.Tests.Security;

namespace UserOrder.Tests.Observability;

/// <summary>The export of the remaining telemetry does not hold up the end of a service.</summary>
public sealed class LastExportTests(RunningGraph graph) : IntegrationTest(graph)
{
    /// <summary>Three signals, one after the other, each with the exporter's own limit of 5 s, would take longer.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(9);

    [Theory]
    [InlineData("grpc")]
    [InlineData("http/protobuf")]
    public async Task A_service_stops_although_its_collector_does_not_answer(string protocol)
    {
        RequireOwnGraph();
        using var silent = new TcpListener(IPAddress.Loopback, port: 0);
        silent.Start();
        await using var service = await ServiceUnderTest.StartAsync(
            "user-api",
            [
                .. await SecuredServices.ConnectionsAsync(Graph),
                ("Security__Open", "true"),
                ("OTEL_EXPORTER_OTLP_ENDPOINT", $"http://{silent.LocalEndpoint}"),
                ("OTEL_EXPORTER_OTLP_PROTOCOL", protocol),
            ]);
        using var response = await service.Api.GetAsync("/v1/users", Cancelled);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);

        await service.StopAsync(Limit);
    }
}
