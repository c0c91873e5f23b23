using System.Globalization;
using UserOrder.ManifestRunner.Graph;
using UserOrder.ManifestRunner.Networking;

namespace UserOrder.ManifestRunner.CommandLine;

/// <summary>The command line, understood.</summary>
internal sealed record RunnerArguments(RunnerMode Mode, ConsoleDetail Detail, ManifestGraphOptions Graph)
{
    private const string ManifestInRepository = "aspire-manifest/aspire-manifest.json";
    private const string StateFolder = ".userorder";

    /// <exception cref="UsageException">An option is unknown, lacks its value or has a wrong one.</exception>
    public static RunnerArguments Parse(IReadOnlyList<string> args)
    {
        var mode = RunnerMode.Run;
        var detail = ConsoleDetail.Normal;
        var graph = new ManifestGraphOptions { ManifestPath = "" };
        var ports = new List<PortRequest>();
        var parameters = new Dictionary<string, string>();
        string? dashboard = null, dashboardHome = null;
        var useDashboard = true;

        var remaining = new Queue<string>(args);
        while (remaining.TryDequeue(out var option))
        {
            switch (option)
            {
                case "--help" or "-h":
                    mode = RunnerMode.Help;
                    break;
                case "--announce":
                    mode = RunnerMode.Announce;
                    break;
                case "--quiet":
                    detail = ConsoleDetail.Quiet;
                    break;
                case "--verbose":
                    detail = ConsoleDetail.Verbose;
                    break;
                case "--fresh":
                    graph = graph with { Fresh = true };
                    break;
                case "--manifest":
                    graph = graph with { ManifestPath = Value() };
                    break;
                case "--data":
                    graph = graph with { DataFolder = Value() };
                    break;
                case "--configuration":
                    graph = graph with { Configuration = Value() };
                    break;
                case "--environment":
                    graph = graph with { Environment = Value() };
                    break;
                case "--timeout":
                    graph = graph with { StartTimeout = Seconds(option, Value()) };
                    break;
                case "--port":
                    ports.Add(Port(option, Value()));
                    break;
                case "--parameter":
                    var (name, value) = Pair(option, Value());
                    parameters[name] = value;
                    break;
                case "--dashboard":
                    dashboard = Value();
                    break;
                case "--dashboard-home":
                    dashboardHome = Value();
                    break;
                case "--issuer":
                    graph = graph with { Issuer = new IssuerOptions(Path.GetFullPath(Value())) };
                    break;
                case "--no-dashboard":
                    useDashboard = false;
                    break;
                default:
                    throw new UsageException($"Unknown option: {option}");
            }

            string Value() => remaining.TryDequeue(out var text) ? text : throw new UsageException($"{option} needs a value.");
        }

        if (mode == RunnerMode.Help)
        {
            return new RunnerArguments(mode, detail, graph);
        }

        var manifest = Path.GetFullPath(graph.ManifestPath is "" ? FindManifest() : graph.ManifestPath);
        var state = Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(manifest)) ?? "/", StateFolder);
        return new RunnerArguments(mode, detail, graph with
        {
            ManifestPath = manifest,
            DataFolder = graph.DataFolder ?? Path.Combine(state, "data"),
            Ports = ports,
            Parameters = parameters,
            Dashboard = useDashboard && dashboard is not null
                ? new DashboardOptions(Path.GetFullPath(dashboard), Path.GetFullPath(dashboardHome ?? Path.Combine(state, "dashboard")))
                : null,
        });
    }

    private static string FindManifest()
    {
        for (var folder = new DirectoryInfo(Environment.CurrentDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, ManifestInRepository);
            if (File.Exists(candidate))
            {
                return candidate;
            }
        }

        throw new UsageException($"There is no {ManifestInRepository} in this folder or above it. Name the manifest with --manifest FILE.");
    }

    private static PortRequest Port(string option, string text)
    {
        try
        {
            return PortRequest.Parse(text);
        }
        catch (FormatException exception)
        {
            throw new UsageException($"{option}: {exception.Message}");
        }
    }

    private static TimeSpan Seconds(string option, string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds > 0
            ? TimeSpan.FromSeconds(seconds)
            : throw new UsageException($"{option} {text}: expected a number of seconds.");

    private static (string Name, string Value) Pair(string option, string text) =>
        text.Split('=', 2) is [{ Length: > 0 } name, var value]
            ? (name, value)
            : throw new UsageException($"{option} {text}: expected NAME=VALUE.");
}
