namespace UserOrder.ManifestRunner;

/// <summary>A failure whose message alone tells the user what is wrong and what to do about it.</summary>
/// <param name="message">What is wrong, and where possible the remedy.</param>
/// <param name="innerException">The cause, if another exception led here.</param>
public class RunnerException(string message, Exception? innerException = null) : Exception(message, innerException);
