using Aspire.Hosting.Eventing;
using Aspire.Hosting.Lifecycle;
using Microsoft.Extensions.Configuration;

namespace UserOrder.AppHost.Start;

/// <summary>Prints all addresses and two example commands once every service is healthy.</summary>
internal sealed class Announcement(DistributedApplicationModel model, IConfiguration configuration)
    : IDistributedApplicationEventingSubscriber
{
    private const string Dashboard = "aspire-dashboard";
    private const string Json = "-H 'Content-Type: application/json'";
    private const string Ada = """'{"name":"Ada Lovelace","email":"ada-'$RANDOM'@example.com"}'""";
    private const string TakeId = """sed 's/.*"id": *"\([^"]*\)".*/\1/'""";

    private readonly Lock _lock = new();
    private HashSet<IResource>? _awaited;

    public Task SubscribeAsync(
        IDistributedApplicationEventing eventing,
        DistributedApplicationExecutionContext executionContext,
        CancellationToken cancellationToken)
    {
        _awaited = [.. model.Resources.OfType<ProjectResource>()];
        eventing.Subscribe<ResourceReadyEvent>((ready, _) =>
        {
            lock (_lock)
            {
                if (_awaited.Remove(ready.Resource) && _awaited.Count == 0)
                {
                    Console.WriteLine(string.Join(Environment.NewLine, Lines()));
                }
            }

            return Task.CompletedTask;
        });
        return Task.CompletedTask;
    }

    private IEnumerable<string> Lines()
    {
        var issuer = Find("issuer") is null ? null : $"{UrlOf("issuer")}/dev/token";
        (string Name, string Text)[] rows =
        [
            ("user-api", $"{UrlOf("user-api")}   {UrlOf("user-api")}/swagger"),
            ("order-api", $"{UrlOf("order-api")}   {UrlOf("order-api")}/swagger"),
            ("rabbitmq", $"{UrlOf("rabbitmq", "management")}   user guest, password: the dashboard's parameter rabbitmq-password"),
            ("access", issuer is null ? "open: no token needed" : $"with a token from {issuer}"),
            ("dashboard", DashboardLogin() ?? "none"),
        ];
        var width = rows.Max(row => row.Name.Length);
        var table = rows.Select(row => $"  {row.Name.PadRight(width)}  {row.Text}");
        return ["", "The graph runs. Ctrl-C stops it.", "", .. table, .. Examples(issuer)];
    }

    private IEnumerable<string> Examples(string? issuer)
    {
        var bearer = issuer is null ? "" : """ -H "Authorization: Bearer $TOKEN" """.TrimEnd();
        return
        [
            "",
            "Try it in another terminal:",
            "",
            .. Token(issuer, "sign-up", "users:write"),
            $"  USER_ID=$(curl -s {UrlOf("user-api")}/v1/users{bearer} {Json} -d {Ada} | {TakeId})",
            .. Token(issuer, "$USER_ID", "users:read orders:read orders:write"),
            $$"""  curl -si {{UrlOf("order-api")}}/v1/orders{{bearer}} {{Json}} -d '{"userId":"'$USER_ID'"}'""",
            "",
        ];
    }

    private static IEnumerable<string> Token(string? issuer, string subject, string scope) =>
        issuer is null ? [] : [$"  TOKEN=$(curl -s {issuer} -d sub={subject} -d scope='{scope}')"];

    private string? DashboardLogin() =>
        Find(Dashboard) is null ? null : $"{UrlOf(Dashboard)}/login?t={configuration["AppHost:BrowserToken"]}";

    private IResource? Find(string name) => model.Resources.FirstOrDefault(resource => resource.Name == name);

    private string UrlOf(string name, string endpoint = "http") => ((IResourceWithEndpoints)Find(name)!).GetEndpoint(endpoint).Url;
}
