using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace UserOrder.Tests.Graph;

/// <summary>Creates and deletes users, rights, exchanges and queues of the broker by its management API.</summary>
internal sealed class BrokerAdministrator : IDisposable
{
    /// <summary>The password of each user that a test adds.</summary>
    public const string Password = "the password of a test";

    private readonly HttpClient _api;

    private BrokerAdministrator(Uri login)
    {
        Login = login;
        _api = new HttpClient { BaseAddress = new Uri(login, "/api/") };
        _api.DefaultRequestHeaders.Authorization =
            new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(login.UserInfo))));
    }

    /// <summary>The management API with the administrator's login.</summary>
    public Uri Login { get; }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static async Task<BrokerAdministrator> OfAsync(IRunningGraph graph)
    {
        var broker = new Uri(await graph.GetConnectionStringAsync("rabbitmq", Cancelled));
        return At(graph.GetUrl("rabbitmq", "management").Port, broker.UserInfo);
    }

    /// <summary>Logs in at a port of this machine.</summary>
    /// <param name="port">The port of the management API.</param>
    /// <param name="login">The administrator's name and password, <c>name:password</c>.</param>
    public static BrokerAdministrator At(int port, string login) => new(new Uri($"http://{login}@localhost:{port}"));

    /// <summary>Deletes an object that exists.</summary>
    /// <param name="kind">Such as <c>exchanges</c>.</param>
    /// <param name="names">The virtual host, if the kind has one, and the name.</param>
    public async Task DeleteAsync(string kind, params string[] names)
    {
        using var response = await _api.DeleteAsync(PathOf(kind, names), Cancelled);
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
    }

    /// <summary>Creates or changes an object.</summary>
    public async Task PutAsync<T>(string kind, T value, params string[] names)
    {
        using var response = await _api.PutAsJsonAsync(PathOf(kind, names), value, Cancelled);
        response.EnsureSuccessStatusCode();
    }

    /// <summary>A queue: its arguments, its leader, its members. RabbitMQ 3.10 sends some fields twice, which a JsonNode refuses.</summary>
    public Task<JsonElement> QueueAsync(string queue) => _api.GetFromJsonAsync<JsonElement>(PathOf("queues", ["/", queue]), Cancelled);

    /// <summary>The arguments with which a queue was declared.</summary>
    public async Task<JsonNode> ArgumentsOfAsync(string queue) =>
        JsonObject.Create((await QueueAsync(queue)).GetProperty("arguments"))!;

    /// <summary>Adds a user with rights on the exchanges and queues of these names.</summary>
    public async Task AddUserAsync(string name, string pattern)
    {
        await PutAsync("users", new { password = Password, tags = "" }, name);
        await PutAsync("permissions", new { configure = pattern, write = pattern, read = pattern }, "/", name);
    }

    public void Dispose() => _api.Dispose();

    private static Uri PathOf(string kind, string[] names) =>
        new($"{kind}/{string.Join('/', names.Select(Uri.EscapeDataString))}", UriKind.Relative);
}
