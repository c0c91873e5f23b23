using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace UserOrder.Tests.Integration;

/// <summary>Collects the log messages of a service.</summary>
internal sealed class LogCollector : ILoggerProvider, ILogger
{
    private readonly ConcurrentQueue<string> _messages = [];

    public int Count(string start) => _messages.Count(message => message.StartsWith(start, StringComparison.Ordinal));

    /// <summary>Counts the messages that contain a text, except those of circuits and health checks, which repeat the reason.</summary>
    public int CountOf(string text) => _messages.Count(message =>
        message.Contains(text, StringComparison.Ordinal) &&
        !message.StartsWith("The circuit ", StringComparison.Ordinal) &&
        !message.StartsWith("Health check ", StringComparison.Ordinal));

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _messages.Enqueue(formatter(state, exception));

    public void Dispose()
    {
    }
}
