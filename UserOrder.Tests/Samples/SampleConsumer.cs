using System.Collections.Concurrent;
using RabbitMQ.Client;
using UserOrder.Processes;

namespace UserOrder.Tests.Samples;

/// <summary>The consumer of a language as a process, and the file in which it counts. Its queues are deleted with it.</summary>
internal sealed class SampleConsumer(SampleLanguage language, Uri broker, IChannel administrator) : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("userorder-sample-");
    private readonly ConcurrentQueue<string> _output = new();
    private ChildProcess? _process;

    private string CountFile => Path.Combine(_folder.FullName, "orders");

    public async Task StartAsync()
    {
        _output.Clear();
        _process = language.StartConsumer(broker, CountFile, _output.Enqueue);
        await Until.TrueAsync(
            "the sample consumes",
            () => Task.FromResult(string.Join('\n', _output)),
            output => output.Contains("Consuming", StringComparison.Ordinal));
    }

    /// <summary>Kills the process. Returns once the broker has noticed.</summary>
    public async Task KillAsync()
    {
        await _process!.KillAsync();
        await Until.EqualAsync(
            0u,
            "the broker notices the end of the consumer",
            () => administrator.ConsumerCountAsync(language.Queue, TestContext.Current.CancellationToken));
    }

    public Task<int> CountAsync(Guid userId) => language.CountAsync(CountFile, userId);

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.KillAsync();
        }

        foreach (var queue in new[] { language.Queue, $"{language.Queue}.dead" })
        {
            await administrator.QueueDeleteAsync(queue);
        }

        await administrator.ExchangeDeleteAsync(language.Queue);
        _folder.Delete(recursive: true);
    }
}
