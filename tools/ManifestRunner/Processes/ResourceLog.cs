using UserOrder.ManifestRunner.Graph;

namespace UserOrder.ManifestRunner.Processes;

/// <summary>What a resource wrote: whole in a file, the last lines in memory, each line to whoever listens.</summary>
internal sealed class ResourceLog : IDisposable
{
    private const int KeptLines = 200;

    private readonly string _resource;
    private readonly ResourceKind _kind;
    private readonly Action<LogLine>? _sink;
    private readonly StreamWriter _file;
    private readonly Queue<string> _tail = new(KeptLines);
    private readonly Lock _lock = new();
    private bool _disposed;

    public ResourceLog(string resource, ResourceKind kind, string filePath, Action<LogLine>? sink)
    {
        _resource = resource;
        _kind = kind;
        _sink = sink;
        FilePath = filePath;
        _file = new StreamWriter(filePath, append: false) { AutoFlush = true };
    }

    public string FilePath { get; }

    public void Append(string line)
    {
        lock (_lock)
        {
            if (_disposed)
            {
                return;
            }

            _file.WriteLine(line);
            if (_tail.Count == KeptLines)
            {
                _tail.Dequeue();
            }

            _tail.Enqueue(line);
        }

        _sink?.Invoke(new LogLine(_resource, _kind, line));
    }

    public string Tail(int lines)
    {
        lock (_lock)
        {
            return string.Join('\n', _tail.TakeLast(lines));
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            _file.Dispose();
        }
    }
}
