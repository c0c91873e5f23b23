using System.Collections.Concurrent;
using UserOrder.Processes;

namespace UserOrder.Tests.AppHost;

/// <summary>The built AppHost in a separate process, with its own ports and data.</summary>
internal sealed class AppHostProgram : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(3);
    private static readonly string[] FixedPorts = ["user-api", "order-api", "dashboard"];

    private readonly ConcurrentQueue<string> _lines = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("userorder-apphost-");
    private ChildProcess? _process;

    public string Data => Path.Combine(_folder.FullName, "data");

    public string Output => string.Join('\n', _lines);

    private static string DotnetHost => Path.Combine(DotnetFolders.Root, "dotnet");

    /// <summary>The path of the built program.</summary>
    public static string Assembly { get; } = Path.Combine(Repository.OutputOf("UserOrder.AppHost"), "UserOrder.AppHost.dll");

    /// <summary>Starts the AppHost. Each port that the arguments omit is any free one.</summary>
    public void Start(params string[] arguments) => Launch("dotnet", [Assembly, .. WithDefaults(arguments)]);

    /// <summary>Starts the AppHost in a mount namespace in which the folders are empty, with only <c>/usr/bin</c> on the path.</summary>
    public void StartWithout(IReadOnlyList<string> folders)
    {
        string[] bash = ["bash", "-c", $"{Empty(folders)} PATH=/usr/bin exec \"$@\"", "bash"];
        Launch("unshare", ["--user", "--map-root-user", "--mount", .. bash, DotnetHost, Assembly, .. WithDefaults([])]);
    }

    /// <summary>Waits until the output contains a text.</summary>
    public Task WaitForAsync(string text) => Until.TrueAsync(
        $"the AppHost has written '{text}'",
        () => Task.FromResult(Output),
        output => output.Contains(text, StringComparison.Ordinal)
            || (_process!.Exited.IsCompleted ? throw new InvalidOperationException(output) : false));

    /// <summary>Waits until the AppHost exits by itself.</summary>
    /// <exception cref="TimeoutException">It still runs after the deadline; the message has its output.</exception>
    public async Task<int> WaitForExitAsync()
    {
        try
        {
            return await _process!.Exited.WaitAsync(Deadline, TestContext.Current.CancellationToken);
        }
        catch (TimeoutException exception)
        {
            throw new TimeoutException($"The AppHost runs with {Family().Count} processes. Its output:\n{Output}", exception);
        }
    }

    /// <summary>Sends the signal of Ctrl-C.</summary>
    public void Interrupt() => _process!.Send(Signal.Interrupt);

    /// <summary>The AppHost and its descendants that still run.</summary>
    public IReadOnlyList<int> Family() => ProcessFamily.Members(_process!.Id);

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.KillAsync();
        }

        // An initializing server may still write shortly after the AppHost has exited.
        await Until.EqualAsync(true, $"{_folder} is deleted", () => Task.FromResult(TryDeleteFolder()));
    }

    private bool TryDeleteFolder()
    {
        try
        {
            _folder.Delete(recursive: true);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static string Empty(IEnumerable<string> folders) =>
        string.Concat(folders.Select(folder => $"mount -t tmpfs none {folder} && "));

    private void Launch(string program, string[] arguments) => _process = ChildProcess.Start(
        new ProcessSpecification(program, arguments)
        {
            WorkingDirectory = Path.Combine(Repository.Root, "UserOrder.AppHost"),
            Environment = new Dictionary<string, string?>
            {
                ["ASPIRE_ALLOW_UNSECURED_TRANSPORT"] = "true",
                ["ASPNETCORE_ENVIRONMENT"] = "Development",
                ["DOTNET_ENVIRONMENT"] = "Development",
            },
        },
        _lines.Enqueue);

    private IEnumerable<string> WithDefaults(string[] arguments)
    {
        var ports = from name in FixedPorts
                    where !arguments.Any(argument => argument.StartsWith($"{name}=", StringComparison.Ordinal))
                    from part in (string[])["--port", $"{name}=0"]
                    select part;
        return [.. Default("--servers", "local"), .. Default("--data", Data), .. ports, .. arguments];

        string[] Default(string option, string value) => arguments.Contains(option) ? [] : [option, value];
    }
}
