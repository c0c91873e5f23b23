using Aspire.Hosting.Testing;

namespace UserOrder.Tests.Graph;

/// <summary>The options of the AppHost in a test.</summary>
internal sealed record GraphOptions
{
    /// <summary>The build configuration of the services.</summary>
    public string Configuration { get; init; } = Repository.Configuration;

    /// <summary>The environment of the services.</summary>
    public string Environment { get; init; } = "Development";

    /// <summary>Additional arguments of the AppHost, such as <c>--secure</c>.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Whether the dashboard runs.</summary>
    public bool HasDashboard { get; init; }

    /// <summary>The services with a second replica, which has the suffix <c>-2</c>.</summary>
    public IReadOnlyList<string> Replicated { get; init; } = [];

    /// <summary>The services that start on request only.</summary>
    public IReadOnlyList<string> StartedLater { get; init; } = [];

    /// <summary>The folders of other checkouts whose builds single services run.</summary>
    public IReadOnlyDictionary<string, string> Checkouts { get; init; } = new Dictionary<string, string>();

    /// <summary>Fixed ports of single endpoints.</summary>
    public IReadOnlyDictionary<(string Resource, string Endpoint), int> Ports { get; init; } = new Dictionary<(string, string), int>();

    public IReadOnlyDictionary<string, string> Parameters { get; init; } = new Dictionary<string, string>();

    /// <summary>Environment variables of single services, which override the graph's.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> ExtraEnvironment { get; init; } =
        new Dictionary<string, IReadOnlyDictionary<string, string>>();

    /// <summary>Further changes of the graph before it starts, given the folder with the data of its servers.</summary>
    public Action<IDistributedApplicationTestingBuilder, string>? Change { get; init; }

    /// <summary>Called for each process that exits without a request, or with an error after one.</summary>
    public Action<UnexpectedExit>? OnUnexpectedExit { get; init; }
}

/// <summary>A process that exited without a request, or with an error after one.</summary>
/// <param name="Resource">The name of the resource.</param>
/// <param name="WasRequested">Whether a test had requested the exit.</param>
/// <param name="ExitCode">The exit code, if known.</param>
public sealed record UnexpectedExit(string Resource, bool WasRequested, int? ExitCode);
