namespace UserOrder.ManifestRunner.CommandLine;

/// <summary>What the program's exit code means.</summary>
internal static class ExitCodes
{
    public const int Success = 0;
    public const int Failure = 1;
    public const int Usage = 2;

    /// <summary>Ended at once at the user's second request, as a shell reports a SIGINT.</summary>
    public const int Interrupted = 130;
}
