using System.Diagnostics;
using System.Net;
using UserOrder.Processes;

namespace UserOrder.Bench.Processes;

/// <summary>A contestant's service while it runs: alone in its environment, its output in a file.</summary>
internal sealed class ServiceProcess
{
    private const string IntoFile = "exec \"$@\" >\"$0\" 2>&1";
    private const int ReportedLogLines = 25;

    private static readonly TimeSpan ProbeInterval = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(30);
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(5) };
    private static readonly string[] Inherited = ["PATH", "HOME", "TMPDIR", "LANG"];

    private readonly ChildProcess _process;
    private readonly string _name;
    private readonly string _log;

    private ServiceProcess(ChildProcess process, string name, string log)
    {
        _process = process;
        _name = name;
        _log = log;
    }

    /// <summary>From the start of the process to its first <c>200</c> at <c>/health</c>.</summary>
    public TimeSpan ColdStart { get; private set; }

    public double CpuSeconds => ProcFile.CpuSecondsOfFamily(_process.Id);

    public long PeakMemoryBytes => ProcFile.PeakMemoryBytes(_process.Id);

    /// <summary>Starts a service and waits until it is healthy.</summary>
    /// <param name="name">What to call it in messages.</param>
    /// <param name="command">The program and its arguments, run in its folder, with no other variables than those given.</param>
    /// <param name="url">Where it listens.</param>
    /// <param name="log">The file of its output, which is replaced.</param>
    /// <exception cref="BenchException">It ended, or was not healthy in time.</exception>
    public static async Task<ServiceProcess> StartAsync(string name, ProcessSpecification command, Uri url, string log)
    {
        var variables = Environment.GetEnvironmentVariables().Keys.Cast<string>().Except(Inherited).ToDictionary(variable => variable, _ => (string?)null);
        variables["DOTNET_ROOT"] = DotnetFolders.Root;
        foreach (var (variable, value) in command.Environment)
        {
            variables[variable] = value;
        }

        var launch = new ProcessSpecification("bash", ["-c", IntoFile, log, command.FileName, .. command.Arguments])
        {
            WorkingDirectory = command.WorkingDirectory,
            Environment = variables,
        };
        var started = Stopwatch.StartNew();
        var service = new ServiceProcess(ChildProcess.Start(launch, _ => { }), name, log);
        try
        {
            await service.WaitUntilHealthyAsync(new Uri(url, "/health"), started);
            return service;
        }
        catch
        {
            await service._process.KillAsync();
            throw;
        }
    }

    /// <exception cref="BenchException">It has ended by itself.</exception>
    public void ThrowIfEnded()
    {
        if (_process.Exited.IsCompleted)
        {
            throw Failure("has ended");
        }
    }

    /// <exception cref="BenchException">It had ended by itself, or did not end when it was told to.</exception>
    public async Task StopAsync()
    {
        ThrowIfEnded();
        if (!await _process.StopAsync(Signal.Terminate, StopTimeout))
        {
            throw Failure($"did not end within {StopTimeout.TotalSeconds:0} s");
        }
    }

    public Task KillAsync() => _process.KillAsync();

    private async Task WaitUntilHealthyAsync(Uri health, Stopwatch started)
    {
        while (started.Elapsed < StartTimeout)
        {
            ThrowIfEnded();
            try
            {
                using var response = await Http.GetAsync(health);
                if (response.StatusCode == HttpStatusCode.OK)
                {
                    ColdStart = started.Elapsed;
                    return;
                }
            }
            catch (HttpRequestException)
            {
                // It does not listen yet.
            }

            await Task.Delay(ProbeInterval);
        }

        throw Failure($"was not healthy within {StartTimeout.TotalSeconds:0} s");
    }

    private BenchException Failure(string what) =>
        new($"{_name} {what}. The end of its log, {_log}:\n{string.Join('\n', File.ReadLines(_log).TakeLast(ReportedLogLines))}");
}
