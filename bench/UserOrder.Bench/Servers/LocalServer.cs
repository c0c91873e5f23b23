using System.Collections.Concurrent;
using System.Security.Cryptography;
using UserOrder.Bench.Processes;
using UserOrder.Processes;

namespace UserOrder.Bench.Servers;

/// <summary>An installed server, run by a script of the AppHost, on free ports and with its data in a temporary folder.</summary>
internal abstract class LocalServer : IAsyncDisposable
{
    private const int ReportedLines = 25;

    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly ConcurrentQueue<string> _output = new();
    private ChildProcess? _process;

    public double CpuSeconds => OfFamily(ProcFile.CpuSecondsOfFamily);

    public double WrittenBytes => OfFamily(ProcFile.WrittenBytesOfFamily);

    protected DirectoryInfo Folder { get; } = Directory.CreateTempSubdirectory("userorder-");

    protected string Password { get; } = RandomNumberGenerator.GetHexString(32);

    protected abstract ProcessSpecification Command { get; }

    /// <summary>Starts the server and waits until a client can log in. After a stop it has its ports and data again.</summary>
    /// <exception cref="BenchException">It ended, or let nobody in in time.</exception>
    public async Task StartAsync()
    {
        _process = ChildProcess.Start(Command, Keep);
        using var deadline = new CancellationTokenSource(StartTimeout);
        var obstacle = "it has ended";
        while (!_process.Exited.IsCompleted && !deadline.IsCancellationRequested)
        {
            try
            {
                await LoginAsync(deadline.Token);
                return;
            }
            catch (Exception exception)
            {
                // Clients throw many things at a server that still starts.
                obstacle = exception.Message;
            }

            await Task.WhenAny(_process.Exited, Task.Delay(Pause));
        }

        throw new BenchException($"{GetType().Name} let nobody in: {obstacle}. The end of its output:\n{string.Join('\n', _output)}");
    }

    /// <summary>Ends the server in good order.</summary>
    public Task StopAsync() => _process!.StopAsync(Signal.Terminate, StopTimeout);

    /// <summary>Kills the server, which has nothing to put in order, and deletes its data.</summary>
    public async ValueTask DisposeAsync()
    {
        await (_process?.KillAsync() ?? Task.CompletedTask);

        // A link leads to data that another user has to own.
        foreach (var target in Folder.EnumerateDirectories().Select(folder => folder.LinkTarget).OfType<string>())
        {
            Directory.Delete(target, recursive: true);
        }

        Folder.Delete(recursive: true);
    }

    protected static string Script(string name) => Path.Combine(AppContext.BaseDirectory, "Servers", name);

    protected abstract Task LoginAsync(CancellationToken cancellationToken);

    private double OfFamily(Func<int, double> measure) => _process is null ? 0 : measure(_process.Id);

    private void Keep(string line)
    {
        _output.Enqueue(line);
        if (_output.Count > ReportedLines)
        {
            _output.TryDequeue(out _);
        }
    }
}
