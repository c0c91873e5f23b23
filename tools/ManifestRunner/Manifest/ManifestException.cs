namespace UserOrder.ManifestRunner.Manifest;

/// <summary>The manifest is missing, malformed, or holds something that this runner cannot run.</summary>
/// <param name="message">Names the resource and what is wrong with it.</param>
/// <param name="innerException">The cause, if another exception led here.</param>
public sealed class ManifestException(string message, Exception? innerException = null) : RunnerException(message, innerException);
