using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace UserOrder.Bench.Servers;

/// <summary>
/// Stands where a collector would: takes OTLP over HTTP, reads it and lets it go. What a collector does with it, it does on another machine.
/// </summary>
internal sealed class TelemetryReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private long _bytes;

    private TelemetryReceiver(WebApplication app)
    {
        _app = app;
        _app.Run(TakeAsync);
    }

    public string Url => _app.Urls.Single();

    /// <summary>How much has come so far.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    public static async Task<TelemetryReceiver> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var receiver = new TelemetryReceiver(builder.Build());
        await receiver._app.StartAsync();
        return receiver;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        bool isWhole;
        do
        {
            var read = await context.Request.BodyReader.ReadAsync(context.RequestAborted);
            Interlocked.Add(ref _bytes, read.Buffer.Length);
            context.Request.BodyReader.AdvanceTo(read.Buffer.End);
            isWhole = read.IsCompleted;
        }
        while (!isWhole);

        context.Response.ContentType = "application/x-protobuf";
    }
}
