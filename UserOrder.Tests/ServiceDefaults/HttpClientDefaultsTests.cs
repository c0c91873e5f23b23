using System.Diagnostics.Metrics;
using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Time.Testing;
using Polly.CircuitBreaker;
using UserOrder.Messaging.Tests;
using UserOrder.ServiceDefaults.Http;

namespace UserOrder.Tests.ServiceDefaults;

public sealed class HttpClientDefaultsTests
{
    [Fact]
    public async Task A_failing_GET_is_tried_three_times_at_the_discovered_address()
    {
        var server = new FailingServer(failures: 2);
        await using var services = Build(server);

        using var response = await Client(services).GetAsync("http://user-api/v1/users", TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(3, server.Calls.Count);
        Assert.All(server.Calls, uri => Assert.Equal(new Uri("http://127.0.0.1:4711/v1/users"), uri));
    }

    [Fact]
    public async Task A_failing_POST_is_sent_once()
    {
        var server = new FailingServer(failures: 2);
        await using var services = Build(server);

        using var response = await Client(services)
            .PostAsync("http://user-api/v1/users", content: null, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Single(server.Calls);
    }

    [Fact]
    public async Task Repeated_failures_open_the_circuit_of_that_service_only_as_health_and_a_metric_show()
    {
        var server = new FailingServer(failures: int.MaxValue);
        await using var services = Build(server, new FakeTimeProvider());
        for (var i = 0; i < 10; i++)
        {
            using var response = await Client(services)
                .PostAsync("http://user-api/v1/users", content: null, TestContext.Current.CancellationToken);
        }

        await Assert.ThrowsAsync<BrokenCircuitException>(
            () => Client(services).PostAsync("http://user-api/v1/users", content: null, TestContext.Current.CancellationToken));
        using var other = await Client(services)
            .PostAsync("http://order-api/v1/orders", content: null, TestContext.Current.CancellationToken);

        Assert.Equal(11, server.Calls.Count);
        Assert.Equal(2, Gauges.Read<int>(services.GetRequiredService<IMeterFactory>(), "userorder.circuit_breaker.state")["user-api"]);
        var health = await services.GetRequiredService<HealthCheckService>().CheckHealthAsync(TestContext.Current.CancellationToken);
        Assert.Equal(HealthStatus.Degraded, health.Status);
        Assert.Equal("open: user-api", health.Entries["http-circuits"].Description);
    }

    [Fact]
    public async Task A_circuit_is_half_open_after_its_break_even_without_a_call()
    {
        var time = new FakeTimeProvider();
        await using var services = Build(new FailingServer(failures: int.MaxValue), time);
        for (var i = 0; i < 10; i++)
        {
            using var response = await Client(services)
                .PostAsync("http://user-api/v1/users", content: null, TestContext.Current.CancellationToken);
        }

        time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(1, Gauges.Read<int>(services.GetRequiredService<IMeterFactory>(), "userorder.circuit_breaker.state")["user-api"]);
        var health = await services.GetRequiredService<HealthCheckService>().CheckHealthAsync(TestContext.Current.CancellationToken);
        Assert.Equal(HealthStatus.Healthy, health.Status);
        Assert.Equal("half-open: user-api", health.Entries["http-circuits"].Description);
    }

    [Fact]
    public async Task A_step_of_the_clock_does_not_prolong_the_break_of_a_circuit()
    {
        var time = new FakeTimeProvider();
        var stepped = new SteppedTime(time);
        var server = new FailingServer(failures: 10);
        await using var services = Build(server, stepped);
        for (var i = 0; i < 10; i++)
        {
            using var failed = await Client(services)
                .PostAsync("http://user-api/v1/users", content: null, TestContext.Current.CancellationToken);
        }

        stepped.Step = TimeSpan.FromHours(-1);
        time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(1, Gauges.Read<int>(services.GetRequiredService<IMeterFactory>(), "userorder.circuit_breaker.state")["user-api"]);
        using var response = await Client(services)
            .PostAsync("http://user-api/v1/users", content: null, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    private static HttpClient Client(ServiceProvider services) => services.GetRequiredService<IHttpClientFactory>().CreateClient("test");

    private static ServiceProvider Build(FailingServer server, TimeProvider? time = null)
    {
        var services = new ServiceCollection();
        services.AddSingleton(time ?? TimeProvider.System);
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?> { ["services:user-api:http:0"] = "http://127.0.0.1:4711" })
            .Build());
        services.AddLogging();
        services.AddResilientHttpClients();
        services.AddHttpClient("test").ConfigurePrimaryHttpMessageHandler(() => server);
        return services.BuildServiceProvider();
    }

    private sealed class FailingServer(int failures) : HttpMessageHandler
    {
        public List<Uri?> Calls { get; } = [];

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Calls.Add(request.RequestUri);
            return Task.FromResult(new HttpResponseMessage(Calls.Count > failures ? HttpStatusCode.OK : HttpStatusCode.ServiceUnavailable));
        }
    }
}
