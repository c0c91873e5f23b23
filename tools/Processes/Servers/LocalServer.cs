using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace UserOrder.Processes.Servers;

/// <summary>An installed server, run by a script of the AppHost, on free ports and with its data in a temporary folder.</summary>
internal abstract class LocalServer : IAsyncDisposable
{
    private const int ReportedLines = 25;

    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly ConcurrentQueue<string> _output = new();
    private ChildProcess? _process;

    /// <summary>The id of the process that leads the server's family.</summary>
    public int ProcessId => _process!.Id;

    protected DirectoryInfo Folder { get; } = Directory.CreateTempSubdirectory("userorder-");

    protected string Password { get; } = RandomNumberGenerator.GetHexString(32);

    protected abstract ProcessSpecification Command { get; }

    /// <summary>Starts the server and waits until a client can log in.</summary>
    /// <exception cref="TimeoutException">No client could log in, in time or before the server ended.</exception>
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

        throw new TimeoutException($"{GetType().Name} accepted no login: {obstacle}. The end of its output:\n{string.Join('\n', _output)}");
    }

    /// <summary>Kills the server and keeps its data.</summary>
    public Task KillAsync() => _process?.KillAsync() ?? Task.CompletedTask;

    /// <summary>Kills the server, which has nothing to put in order, and deletes its data.</summary>
    public async ValueTask DisposeAsync()
    {
        await KillAsync();

        // A link leads to data that another user has to own.
        foreach (var target in Folder.EnumerateDirectories().Select(folder => folder.LinkTarget).OfType<string>())
        {
            Directory.Delete(target, recursive: true);
        }

        Folder.Delete(recursive: true);
    }

    protected static string Script(string name) => Path.Combine(AppContext.BaseDirectory, "Servers", name);

    protected abstract Task LoginAsync(CancellationToken cancellationToken);

    private void Keep(string line)
    {
        _output.Enqueue(line);
        if (_output.Count > ReportedLines)
        {
            _output.TryDequeue(out _);
        }
    }
}
