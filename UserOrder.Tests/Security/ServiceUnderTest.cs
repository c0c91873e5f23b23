using System.Diagnostics;
using System.Net;
using System.Text;
using UserOrder.Processes;

namespace UserOrder.Tests.Security;

/// <summary>The program of a service in a separate process with its own settings, on the graph's broker and database.</summary>
internal sealed class ServiceUnderTest : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();

    private ServiceUnderTest(Process process, Uri url)
    {
        _process = process;
        Url = url;
        Api = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = url };
        process.OutputDataReceived += (_, line) => Append(line.Data);
        process.ErrorDataReceived += (_, line) => Append(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public Uri Url { get; }

    public HttpClient Api { get; }

    /// <summary>The output so far.</summary>
    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    public long WorkingSet
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <summary>Starts a service in Production and waits until it is healthy.</summary>
    public static async Task<ServiceUnderTest> StartAsync(string service, params IEnumerable<(string Name, string Value)> settings)
    {
        var assembly = service == "user-api" ? typeof(UserApi.Users.UserResponse).Assembly : typeof(OrderApi.Orders.OrderResponse).Assembly;
        var url = new Uri($"http://127.0.0.1:{FreePort.Next()}");
        var start = new ProcessStartInfo("dotnet", ["exec", assembly.Location])
        {
            WorkingDirectory = Path.GetDirectoryName(assembly.Location),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment =
            {
                ["ASPNETCORE_ENVIRONMENT"] = "Production",
                ["DOTNET_ENVIRONMENT"] = "Production",
                ["ASPNETCORE_URLS"] = url.AbsoluteUri,
            },
        };
        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value.Replace("{url}", url.AbsoluteUri, StringComparison.Ordinal);
        }

        var running = new ServiceUnderTest(Process.Start(start)!, url);
        try
        {
            await Until.EqualAsync(HttpStatusCode.OK, $"{service} is healthy", running.HealthAsync);
            return running;
        }
        catch
        {
            TestContext.Current.SendDiagnosticMessage(running.Output);
            await running.DisposeAsync();
            throw;
        }
    }

    /// <summary>Sends SIGTERM and waits for the exit.</summary>
    /// <exception cref="TimeoutException">The service still runs after the time limit.</exception>
    public async Task StopAsync(TimeSpan limit)
    {
        Signals.Send(_process.Id, Signal.Terminate);
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(limit, TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        Api.Dispose();
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
    }

    private void Append(string? line)
    {
        lock (_output)
        {
            _output.AppendLine(line);
        }
    }

    private async Task<HttpStatusCode> HealthAsync()
    {
        Assert.False(_process.HasExited, Output);
        try
        {
            using var response = await Api.GetAsync("/health", TestContext.Current.CancellationToken);
            return response.StatusCode;
        }
        catch (HttpRequestException)
        {
            return HttpStatusCode.ServiceUnavailable;
        }
    }
}
