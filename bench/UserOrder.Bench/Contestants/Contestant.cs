using UserOrder.Bench.Processes;
using UserOrder.Bench.Servers;
using UserOrder.ManifestRunner.Networking;
using UserOrder.ManifestRunner.Processes;

namespace UserOrder.Bench.Contestants;

/// <summary>A pair of services that take the same request: one that creates users, one that hears of them.</summary>
internal abstract class Contestant : IDisposable
{
    private readonly ProcessWatchdog _watchdog;
    private readonly BenchFolders _folders;
    private readonly PortAllocator _ports = new();
    private ServiceProcess? _userService;
    private ServiceProcess? _orderService;

    protected Contestant(string name, BenchServers servers, BenchFolders folders, ProcessWatchdog watchdog)
    {
        Name = name;
        Servers = servers;
        _folders = folders;
        _watchdog = watchdog;
        UserUrl = AnyUrl();
        OrderUrl = AnyUrl();
    }

    public string Name { get; }

    public ServiceProcess UserService => _userService ?? throw new InvalidOperationException($"{Name} does not run.");

    public ServiceProcess OrderService => _orderService ?? throw new InvalidOperationException($"{Name} does not run.");

    /// <summary>Where a user is created by POST.</summary>
    public Uri CreateUrl => new(UserUrl, CreatePath);

    protected abstract string CreatePath { get; }

    protected BenchServers Servers { get; }

    protected Uri UserUrl { get; }

    protected Uri OrderUrl { get; }

    protected abstract ProcessSpecification UserCommand { get; }

    protected abstract ProcessSpecification OrderCommand { get; }

    /// <summary>Gives it databases with as many users; the services do not run.</summary>
    public abstract Task PrepareAsync(int storedUsers);

    /// <summary>How many events have taken effect.</summary>
    public abstract Task<long> CountEffectsAsync();

    /// <summary>Whether anything is still on its way; only then is there no more to come.</summary>
    public abstract Task<bool> IsAnythingLeftAsync();

    /// <summary>Begins to watch. What it returns tells of the events that have taken effect since.</summary>
    public abstract Task<Func<Task<Effects>>> WatchEffectsAsync();

    /// <summary>Starts the services, one after the other so that neither pays for the other's start.</summary>
    public async Task StartAsync()
    {
        _userService = await StartAsync("user", UserCommand, UserUrl);
        _orderService = await StartAsync("order", OrderCommand, OrderUrl);
    }

    public async Task StopAsync()
    {
        await UserService.StopAsync();
        await OrderService.StopAsync();
        _userService = null;
        _orderService = null;
    }

    public void Dispose() => _ports.Dispose();

    private Uri AnyUrl() => new($"http://127.0.0.1:{_ports.AnyFree()}");

    private Task<ServiceProcess> StartAsync(string role, ProcessSpecification command, Uri url) =>
        ServiceProcess.StartAsync($"{Name}'s {role} service", command, url, _folders.Log($"{Name}-{role}"), _watchdog);
}
