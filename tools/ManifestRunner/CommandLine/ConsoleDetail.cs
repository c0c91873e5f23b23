namespace UserOrder.ManifestRunner.CommandLine;

/// <summary>Which log lines go to the console; the log files always get all of them.</summary>
internal enum ConsoleDetail
{
    /// <summary>None.</summary>
    Quiet,

    /// <summary>The projects' lines, and the servers' warnings and errors.</summary>
    Normal,

    /// <summary>All.</summary>
    Verbose,
}
