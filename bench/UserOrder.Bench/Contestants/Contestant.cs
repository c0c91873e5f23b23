using UserOrder.Bench.Load;
using UserOrder.Bench.Processes;
using UserOrder.Bench.Servers;
using UserOrder.Processes;

namespace UserOrder.Bench.Contestants;

/// <summary>A pair of services that take the same request: one creates users, the other receives the events.</summary>
internal abstract class Contestant(string name, BenchServers servers, BenchFolders folders)
{
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(10);

    public string Name => name;

    public ServiceProcess UserService { get; private set; } = null!;

    public ServiceProcess OrderService { get; private set; } = null!;

    /// <summary>Where a user is created by POST.</summary>
    public Uri CreateUrl => new(UserUrl, CreatePath);

    /// <summary>Whether an outbox keeps each event, so that a loss fails the run; else a loss is a figure like any other.</summary>
    public virtual bool HasOutbox => false;

    protected virtual string CreatePath => "/v1/users";

    protected BenchServers Servers => servers;

    protected BenchFolders Folders => folders;

    protected Uri UserUrl { get; } = FreeUrl();

    protected Uri OrderUrl { get; } = FreeUrl();

    protected abstract ProcessSpecification UserCommand { get; }

    protected abstract ProcessSpecification OrderCommand { get; }

    /// <summary>Gives it databases with as many users; the services do not run.</summary>
    public abstract Task PrepareAsync(int storedUsers);

    /// <summary>Begins to watch: what was created before is in effect, and does not count.</summary>
    public abstract Task<EffectWatch> WatchEffectsAsync();

    /// <summary>Starts the services, one after the other so that neither pays for the other's start.</summary>
    public async Task StartAsync()
    {
        UserService = await StartAsync("user", UserCommand, UserUrl);
        OrderService = await StartAsync("order", OrderCommand, OrderUrl);
    }

    public async Task StopAsync()
    {
        await UserService.StopAsync();
        await OrderService.StopAsync();
    }

    public ServicePair OfBoth(Func<ServiceProcess, double> figure) => new(figure(UserService), figure(OrderService));

    /// <summary>Creates a user.</summary>
    /// <exception cref="BenchException">No 201 came, so what wrk counts as accepted would be something else.</exception>
    public async Task CreateOneAsync()
    {
        using var connection = await HttpConnection.OpenAsync(CreateUrl);
        await connection.CreateUserAsync($"{Guid.NewGuid():N}@example.com")
            .WithinAsync(AnswerTimeout, () => $"{name}'s user service did not answer");
    }

    private static Uri FreeUrl() => new($"http://127.0.0.1:{FreePort.Next()}");

    private Task<ServiceProcess> StartAsync(string role, ProcessSpecification command, Uri url) =>
        ServiceProcess.StartAsync($"{name}'s {role} service", command, url, folders.Log($"{name}-{role}"));
}

/// <summary>A figure of each of the two services.</summary>
internal sealed record ServicePair(double UserService, double OrderService);
