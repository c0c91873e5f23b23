using UserOrder.Bench.Load;
using UserOrder.Bench.Processes;
using UserOrder.Bench.Servers;
using UserOrder.Processes;

namespace UserOrder.Bench.Contestants;

/// <summary>A pair of services that take the same request: one that creates users, one that hears of them.</summary>
internal abstract class Contestant
{
    private ServiceProcess? _userService;
    private ServiceProcess? _orderService;

    protected Contestant(string name, BenchServers servers, BenchFolders folders)
    {
        Name = name;
        Servers = servers;
        Folders = folders;
        UserUrl = FreeUrl();
        OrderUrl = FreeUrl();
    }

    public string Name { get; }

    public ServiceProcess UserService => _userService ?? throw new InvalidOperationException($"{Name} does not run.");

    public ServiceProcess OrderService => _orderService ?? throw new InvalidOperationException($"{Name} does not run.");

    /// <summary>Where a user is created by POST.</summary>
    public Uri CreateUrl => new(UserUrl, CreatePath);

    /// <summary>Whether a loss is a figure like any other; else it fails the run.</summary>
    public abstract bool MayLoseEvents { get; }

    protected abstract string CreatePath { get; }

    protected BenchServers Servers { get; }

    protected BenchFolders Folders { get; }

    protected Uri UserUrl { get; }

    protected Uri OrderUrl { get; }

    protected abstract ProcessSpecification UserCommand { get; }

    protected abstract ProcessSpecification OrderCommand { get; }

    /// <summary>Gives it databases with as many users; the services do not run.</summary>
    public abstract Task PrepareAsync(int storedUsers);

    /// <summary>Begins to watch: what was created before is in effect, and does not count.</summary>
    public abstract Task<EffectWatch> WatchEffectsAsync();

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

    /// <summary>Creates a user.</summary>
    /// <exception cref="BenchException">The answer is no 201: what wrk counts as accepted would be something else.</exception>
    public async Task CreateOneAsync()
    {
        using var connection = await HttpConnection.OpenAsync(CreateUrl);
        await connection.CreateUserAsync($"{Guid.NewGuid():N}@example.com");
    }

    private static Uri FreeUrl() => new($"http://127.0.0.1:{FreePort.Next()}");

    private Task<ServiceProcess> StartAsync(string role, ProcessSpecification command, Uri url) =>
        ServiceProcess.StartAsync($"{Name}'s {role} service", command, url, Folders.Log($"{Name}-{role}"));
}
