namespace UserOrder.ManifestRunner.CommandLine;

internal enum RunnerMode
{
    /// <summary>Run the graph until it is interrupted.</summary>
    Run,

    /// <summary>Run nothing: wait for a graph that an AppHost runs, then print its addresses.</summary>
    Announce,

    Help,
}
