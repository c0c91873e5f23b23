using UserOrder.Tests.Graph;

namespace UserOrder.Tests.Samples;

/// <summary>The broker user of a sample, with the rights that samples/README.md names.</summary>
internal sealed class SampleLogin : IAsyncDisposable
{
    private readonly BrokerAdministrator _administrator;

    private SampleLogin(BrokerAdministrator administrator, string name, Uri broker)
    {
        _administrator = administrator;
        Name = name;
        Broker = new UriBuilder(broker) { UserName = name, Password = Uri.EscapeDataString(BrokerAdministrator.Password) }.Uri;
    }

    public string Name { get; }

    /// <summary>The broker's address with this login.</summary>
    public Uri Broker { get; }

    /// <summary>The queues and the exchange that the sample declares.</summary>
    public static string OwnNames(string language) => $@"^sample-{language}\.order-placed(\.dead)?$";

    /// <summary>The exchanges that it publishes to, and the queues that it uses.</summary>
    public static string UsedNames(string language) => $@"^(user-order\.events|sample-{language}\.order-placed(\.dead)?)$";

    /// <param name="graph">The graph with the broker.</param>
    /// <param name="language">The language of the sample, which is a part of its names.</param>
    /// <param name="published">The pattern of the event types that the login may publish.</param>
    public static async Task<SampleLogin> AddAsync(IRunningGraph graph, string language, string published = @"^order\.placed\.v1$")
    {
        var administrator = await BrokerAdministrator.OfAsync(graph);
        var broker = new Uri(await graph.GetConnectionStringAsync("rabbitmq", TestContext.Current.CancellationToken));
        var login = new SampleLogin(administrator, $"sample-{language}", broker);
        var (own, used) = (OwnNames(language), UsedNames(language));
        await administrator.PutAsync("users", new { password = BrokerAdministrator.Password, tags = "" }, login.Name);
        await administrator.PutAsync("permissions", new { configure = own, write = used, read = used }, "/", login.Name);
        await administrator.PutAsync(
            "topic-permissions",
            new { exchange = "user-order.events", write = published, read = @"^order\.placed\.v1$" },
            "/",
            login.Name);
        return login;
    }

    public async ValueTask DisposeAsync()
    {
        await _administrator.DeleteAsync("users", Name);
        _administrator.Dispose();
    }
}
