using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using UserOrder.Processes;

namespace UserOrder.Tests.AppHost;

/// <summary>The built AppHost, run as a person runs it, with ports and data of its own.</summary>
internal sealed class AppHostProgram : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(3);
    private static readonly string[] FixedPorts = ["user-api", "order-api", "dashboard"];

    private readonly ConcurrentQueue<string> _lines = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("userorder-apphost-");
    private ChildProcess? _process;

    public string Data => Path.Combine(_folder.FullName, "data");

    public string Output => string.Join('\n', _lines);

    private static string DotnetHost => Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet"));

    /// <summary>The built program.</summary>
    public static string Assembly { get; } = Path.Combine(Repository.Root, "UserOrder.AppHost", "bin", Repository.Configuration, "net10.0", "UserOrder.AppHost.dll");

    /// <summary>Starts it; a port that the arguments do not give is any free one.</summary>
    public void Start(params string[] arguments) => Launch("dotnet", [Assembly, .. Own(arguments)]);

    /// <summary>Starts it where the folders are empty, in a mount namespace of its own, with the programs of /usr/bin.</summary>
    public void StartWithout(IReadOnlyList<string> folders) => Launch(
        "unshare",
        ["--user", "--map-root-user", "--mount", "bash", "-c", $"{Empty(folders)} PATH=/usr/bin exec \"$@\"", "bash", DotnetHost, Assembly, .. Own([])]);

    /// <summary>Waits until it has written a text.</summary>
    public Task WaitForAsync(string text) => Until.TrueAsync(
        $"the AppHost has written '{text}'",
        () => Task.FromResult(Output),
        output => output.Contains(text, StringComparison.Ordinal) || (_process!.Exited.IsCompleted ? throw new InvalidOperationException(output) : false));

    /// <summary>Waits until it ends by itself.</summary>
    public Task<int> WaitForExitAsync() => _process!.Exited.WaitAsync(Deadline, TestContext.Current.CancellationToken);

    /// <summary>Presses Ctrl-C.</summary>
    public void Interrupt() => _process!.Send(Signal.Interrupt);

    /// <summary>The processes that it has started and that still run.</summary>
    public IReadOnlyList<int> Family() => ProcessFamily.Members(_process!.Id);

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.KillAsync();
        }

        // A server that was being set up may write for a moment after the AppHost has ended.
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

    private static string Empty(IEnumerable<string> folders) => string.Concat(folders.Select(folder => $"mount -t tmpfs none {folder} && "));

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

    private IEnumerable<string> Own(string[] arguments)
    {
        var ports = from name in FixedPorts
                    where !arguments.Any(argument => argument.StartsWith($"{name}=", StringComparison.Ordinal))
                    from part in (string[])["--port", $"{name}=0"]
                    select part;
        return [.. Default("--servers", "local"), .. Default("--data", Data), .. ports, .. arguments];

        string[] Default(string option, string value) => arguments.Contains(option) ? [] : [option, value];
    }
}
