using UserOrder.ManifestRunner;

namespace UserOrder.Bench;

/// <summary>A comparison that cannot be made, or whose figures would be wrong; the message says why.</summary>
/// <param name="message">What is wrong.</param>
internal sealed class BenchException(string message) : RunnerException(message);
