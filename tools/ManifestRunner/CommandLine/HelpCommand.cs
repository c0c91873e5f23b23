namespace UserOrder.ManifestRunner.CommandLine;

/// <summary>Prints how the program is used.</summary>
internal static class HelpCommand
{
    private const string Text = """
        Runs the graph of an aspire-manifest.json with the programs of this machine: built projects as processes, RabbitMQ
        and PostgreSQL containers as private instances of the installed servers. Ctrl-C stops everything.

        usage: ManifestRunner [options]

          --manifest FILE         the manifest (default: aspire-manifest/aspire-manifest.json here or in a folder above)
          --data DIR              where data, passwords and logs are kept (default: .userorder/data in the repository)
          --fresh                 delete that data first
          --configuration NAME    the projects' build configuration (default: Release)
          --environment NAME      the projects' environment (default: Development)
          --port NAME=N           the port of an endpoint, NAME being RESOURCE (for RESOURCE.http) or RESOURCE.ENDPOINT;
                                  0 takes any free port. May be repeated
          --parameter NAME=VALUE  the value of a parameter. May be repeated. Also: environment variable Parameters__NAME
          --dashboard FILE        start the Aspire dashboard with this aspire program
          --dashboard-home DIR    where the dashboard unpacks itself (default: .userorder/dashboard in the repository)
          --issuer FILE           start the built tools/Issuer with the graph, and let the projects ask for its access tokens
          --no-dashboard          start no dashboard
          --timeout SECONDS       how long a resource may take to become healthy (default: 90)
          --quiet                 no log lines on the console; the files under DIR/logs get them in any case
          --verbose               the servers' lines too; by default only their warnings and errors are shown
          --announce              start nothing: wait for the projects at their fixed ports, then print the addresses
          --help                  print this
        """;

    public static async Task<int> RunAsync()
    {
        await Console.Out.WriteLineAsync(Text);
        return ExitCodes.Success;
    }
}
