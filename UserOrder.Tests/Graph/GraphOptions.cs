namespace UserOrder.Tests.Graph;

/// <summary>How to run the AppHost for a test.</summary>
internal sealed record GraphOptions
{
    /// <summary>The build configuration whose services run.</summary>
    public string Configuration { get; init; } = Repository.Configuration;

    /// <summary>The environment of the services.</summary>
    public string Environment { get; init; } = "Development";

    /// <summary>Further arguments of the AppHost, such as <c>--secure</c>.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Whether the dashboard runs, too.</summary>
    public bool HasDashboard { get; init; }

    /// <summary>The services that have a second replica, with the ending <c>-2</c>.</summary>
    public IReadOnlyList<string> Replicated { get; init; } = [];

    /// <summary>The ports of single endpoints.</summary>
    public IReadOnlyDictionary<(string Resource, string Endpoint), int> Ports { get; init; } = new Dictionary<(string, string), int>();

    public IReadOnlyDictionary<string, string> Parameters { get; init; } = new Dictionary<string, string>();

    /// <summary>Further environment variables of single services. They win.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> ExtraEnvironment { get; init; } =
        new Dictionary<string, IReadOnlyDictionary<string, string>>();

    /// <summary>Called for each process that ends although no test asked for it, or that does not end in order when asked.</summary>
    public Action<UnexpectedExit>? OnUnexpectedExit { get; init; }
}

/// <summary>A process that ended in the wrong way.</summary>
/// <param name="Resource">The resource's name.</param>
/// <param name="WasRequested">Whether a test had asked it to end.</param>
/// <param name="ExitCode">The exit code, where it is known.</param>
public sealed record UnexpectedExit(string Resource, bool WasRequested, int? ExitCode);
