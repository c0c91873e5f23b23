using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace UserOrder.Tests.Observability;

/// <summary>
/// Takes the place of a Collector: it receives the telemetry of the services by OTLP over HTTP, keeps it for the tests and forwards it
/// to the dashboard.
/// </summary>
internal sealed class TelemetryTap : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly HttpClient _next = new();
    private readonly ConcurrentQueue<byte[]> _bodies = [];
    private readonly ConcurrentQueue<OtlpSpan> _spans = [];
    private readonly ConcurrentQueue<string> _refusals = [];
    private readonly ConcurrentDictionary<string, List<(Uri Target, string? ApiKey)>> _targets = new();

    private TelemetryTap(WebApplication app) => _app = app;

    public Uri Url => new(_app.Urls.Single());

    public IReadOnlyCollection<OtlpSpan> Spans => _spans;

    /// <summary>The exports that a target refused.</summary>
    public IReadOnlyCollection<string> Refusals => _refusals;

    public static async Task<TelemetryTap> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRoutingCore();
        var app = builder.Build();
        var tap = new TelemetryTap(app);
        app.MapPost("/v1/{signal}", (HttpContext context, string signal) => tap.TakeAsync(context, signal));
        await app.StartAsync(TestContext.Current.CancellationToken);
        return tap;
    }

    /// <summary>Forwards a signal from now on: <c>metrics</c>, <c>traces</c> or <c>logs</c>.</summary>
    public void PassOn(string signal, Uri target, string? apiKey = null) => _targets.GetOrAdd(signal, _ => []).Add((target, apiKey));

    /// <summary>Whether any exported telemetry contains a text.</summary>
    public bool HasSeen(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return _bodies.Any(body => body.AsSpan().IndexOf(bytes) >= 0);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _next.Dispose();
    }

    private async Task TakeAsync(HttpContext context, string signal)
    {
        using var buffer = new MemoryStream();
        await context.Request.Body.CopyToAsync(buffer, context.RequestAborted);
        var body = buffer.ToArray();
        _bodies.Enqueue(body);
        if (signal == "traces")
        {
            foreach (var span in OtlpSpan.ReadAll(body))
            {
                _spans.Enqueue(span);
            }
        }

        foreach (var (target, apiKey) in _targets.GetValueOrDefault(signal) ?? [])
        {
            await PassOnAsync(body, target, apiKey, context.RequestAborted);
        }

        context.Response.ContentType = "application/x-protobuf";
    }

    private async Task PassOnAsync(byte[] body, Uri target, string? apiKey, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, target) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new("application/x-protobuf");
        if (apiKey is not null)
        {
            request.Headers.Add("x-otlp-api-key", apiKey);
        }

        try
        {
            using var response = await _next.SendAsync(request, cancellationToken);
            if (!response.IsSuccessStatusCode)
            {
                _refusals.Enqueue($"{target}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync(cancellationToken)}");
            }
        }
        catch (HttpRequestException exception)
        {
            _refusals.Enqueue($"{target}: {exception.Message}");
        }
    }
}
