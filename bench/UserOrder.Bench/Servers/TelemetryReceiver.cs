using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;

namespace UserOrder.Bench.Servers;

/// <summary>Stands where a collector would: takes OTLP over HTTP, reads it and lets it go. The rest would cost another machine.</summary>
internal sealed class TelemetryReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private long _bytes;

    public TelemetryReceiver()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.Run(async context =>
        {
            var body = context.Request.BodyReader;
            for (var isWhole = false; !isWhole;)
            {
                var read = await body.ReadAsync(context.RequestAborted);
                Interlocked.Add(ref _bytes, read.Buffer.Length);
                body.AdvanceTo(read.Buffer.End);
                isWhole = read.IsCompleted;
            }

            context.Response.ContentType = "application/x-protobuf";
        });
    }

    public string Url => _app.Urls.Single();

    public long Bytes => Interlocked.Read(ref _bytes);

    public Task StartAsync() => _app.StartAsync();

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
