using System.Diagnostics;
using System.Net;
using UserOrder.Processes;

namespace UserOrder.Bench.Processes;

/// <summary>A contestant's service while it runs, its output in a file.</summary>
internal sealed class ServiceProcess
{
    private const string IntoFile = "exec \"$@\" >\"$0\" 2>&1";
    private const int ReportedLogLines = 25;

    private static readonly TimeSpan ProbeInterval = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(30);
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(5) };

    private readonly string _name;
    private readonly string _log;
    private readonly ChildProcess _process;

    private ServiceProcess(string name, ProcessSpecification command, string log)
    {
        _name = name;
        _log = log;
        var launch = command with { FileName = "bash", Arguments = ["-c", IntoFile, log, command.FileName, .. command.Arguments] };
        _process = ChildProcess.Start(launch, _ => { });
    }

    /// <summary>From the start of the process to its first <c>200</c> at <c>/health</c>.</summary>
    public TimeSpan ColdStart { get; private set; }

    public double CpuSeconds => ProcFile.CpuSecondsOfFamily(_process.Id);

    public long PeakMemoryBytes => ProcFile.PeakMemoryBytes(_process.Id);

    /// <summary>Starts a service and waits until it is healthy. It does not outlive this process.</summary>
    /// <exception cref="BenchException">It ended, or was not healthy in time.</exception>
    public static async Task<ServiceProcess> StartAsync(string name, ProcessSpecification command, Uri url, string log)
    {
        var started = Stopwatch.StartNew();
        var service = new ServiceProcess(name, command, log);
        while (started.Elapsed < StartTimeout)
        {
            service.ThrowIfEnded();
            if (await IsHealthyAsync(new Uri(url, "/health")))
            {
                service.ColdStart = started.Elapsed;
                return service;
            }

            await Task.Delay(ProbeInterval);
        }

        throw service.Failure($"was not healthy within {StartTimeout.TotalSeconds:0} s");
    }

    /// <exception cref="BenchException">It has ended by itself.</exception>
    public void ThrowIfEnded()
    {
        if (_process.Exited.IsCompleted)
        {
            throw Failure("has ended");
        }
    }

    /// <exception cref="BenchException">It had ended by itself, or did not end when it was asked to.</exception>
    public async Task StopAsync()
    {
        ThrowIfEnded();
        if (!await _process.StopAsync(Signal.Terminate, StopTimeout))
        {
            throw Failure($"did not end within {StopTimeout.TotalSeconds:0} s");
        }
    }

    private static async Task<bool> IsHealthyAsync(Uri health)
    {
        try
        {
            using var response = await Http.GetAsync(health);
            return response.StatusCode == HttpStatusCode.OK;
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
        {
            // It does not listen or answer yet.
            return false;
        }
    }

    private BenchException Failure(string what) =>
        new($"{_name} {what}. The end of its log, {_log}:\n{string.Join('\n', File.ReadLines(_log).TakeLast(ReportedLogLines))}");
}
