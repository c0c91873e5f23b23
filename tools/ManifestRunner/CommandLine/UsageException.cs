namespace UserOrder.ManifestRunner.CommandLine;

/// <summary>The command line is not understood.</summary>
internal sealed class UsageException(string message) : RunnerException(message);
