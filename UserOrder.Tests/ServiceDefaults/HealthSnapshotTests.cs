using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using UserOrder.ServiceDefaults.Health;

namespace UserOrder.Tests.ServiceDefaults;

/// <summary>Probes read the latest run of the health checks, on a real server; only the clock is the test's.</summary>
public sealed class HealthSnapshotTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new();
    private readonly SwitchedCheck _check = new();
    private readonly HttpClient _api = new();
    private WebApplication? _app;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = Environments.Development });
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton<TimeProvider>(_time);
        builder.AddServiceDefaults();
        builder.Services.AddHealthChecks().AddCheck("switched", _check);
        _app = builder.Build();
        _app.UseServiceDefaults();
        await _app.StartAsync(Cancelled);
        _api.BaseAddress = new Uri(_app.Urls.Single());
    }

    public async ValueTask DisposeAsync()
    {
        _api.Dispose();
        _check.Release();
        await _app!.DisposeAsync();
    }

    [Fact]
    public async Task A_flood_of_probes_runs_no_check()
    {
        await Until.EqualAsync(HttpStatusCode.OK, "the first run has ended", StatusAsync);
        var before = _check.Runs;

        var probes = Enumerable.Range(0, 300).Select(async _ =>
        {
            for (var i = 0; i < 10; i++)
            {
                Assert.Equal(HttpStatusCode.OK, await StatusAsync());
            }
        });
        await Task.WhenAll(probes);

        // The clock stands still, so no run was due.
        Assert.Equal(before, _check.Runs);
    }

    [Fact]
    public async Task A_change_shows_after_the_next_run()
    {
        await Until.EqualAsync(HttpStatusCode.OK, "the first run has ended", StatusAsync);
        _check.Result = HealthCheckResult.Unhealthy("switched off");
        await PassAsync(HttpStatusCode.ServiceUnavailable);
        Assert.Equal("switched off", await ReasonAsync("switched"));

        _check.Result = HealthCheckResult.Degraded("half on");
        await PassAsync(HttpStatusCode.OK);
        Assert.Equal("half on", await ReasonAsync("switched"));
    }

    [Fact]
    public async Task A_check_that_hangs_makes_the_service_unhealthy_and_probes_get_their_answer_at_once()
    {
        await Until.EqualAsync(HttpStatusCode.OK, "the first run has ended", StatusAsync);
        _check.Hold();
        await PassAsync(HttpStatusCode.ServiceUnavailable);
        Assert.StartsWith("No check has finished", await ReasonAsync(HealthSnapshot.EntryName), StringComparison.Ordinal);
        using var alive = await _api.GetAsync("/alive", Cancelled);
        Assert.Equal(HttpStatusCode.OK, alive.StatusCode);

        _check.Release();
        await PassAsync(HttpStatusCode.OK);
    }

    [Fact]
    public async Task The_drain_shows_before_the_next_run()
    {
        await Until.EqualAsync(HttpStatusCode.OK, "the first run has ended", StatusAsync);
        _app!.Lifetime.StopApplication();

        Assert.Equal(HttpStatusCode.ServiceUnavailable, await StatusAsync());
        Assert.Equal("the service is shutting down", await ReasonAsync("shutdown"));
    }

    /// <summary>Advances the clock until <c>/health</c> has the status.</summary>
    private Task<HttpStatusCode> PassAsync(HttpStatusCode status) => Until.EqualAsync(status, "the state has changed", () =>
    {
        _time.Advance(TimeSpan.FromSeconds(1));
        return StatusAsync();
    });

    private async Task<HttpStatusCode> StatusAsync()
    {
        using var response = await _api.GetAsync("/health", Cancelled);
        return response.StatusCode;
    }

    private async Task<string?> ReasonAsync(string check)
    {
        using var response = await _api.GetAsync("/health", Cancelled);
        using var report = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Cancelled));
        return report.RootElement.GetProperty("checks").GetProperty(check).GetProperty("description").GetString();
    }

    /// <summary>A check with a result that the test sets, which may hang and ignores its time limit then.</summary>
    private sealed class SwitchedCheck : IHealthCheck
    {
        private TaskCompletionSource _gate = Open();
        private int _runs;

        public int Runs => _runs;

        public HealthCheckResult Result { get; set; } = HealthCheckResult.Healthy();

        public void Hold() => _gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Release() => _gate.TrySetResult();

        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            Interlocked.Increment(ref _runs);
            await _gate.Task;
            return Result;
        }

        private static TaskCompletionSource Open()
        {
            var gate = new TaskCompletionSource();
            gate.SetResult();
            return gate;
        }
    }
}
