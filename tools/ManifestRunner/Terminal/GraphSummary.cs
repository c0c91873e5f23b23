using UserOrder.ManifestRunner.Evaluation;
using UserOrder.ManifestRunner.Graph;
using UserOrder.ManifestRunner.Manifest;
using UserOrder.ManifestRunner.Networking;

namespace UserOrder.ManifestRunner.Terminal;

/// <summary>The addresses of a running graph, and commands to try it.</summary>
internal static class GraphSummary
{
    private const string UserApi = "user-api";
    private const string OrderApi = "order-api";

    public static IEnumerable<string> Of(ManifestGraph graph, string environment)
    {
        List<(string Name, string Text)> rows = [.. Projects(graph.Manifest, graph.Endpoints, environment), .. ManagementPages(graph)];
        rows.Add(("access", graph.IssuerUrl is { } issuer ? $"by token, which {TokensFor(issuer)} gives" : "open: no token needed"));
        if (graph.DashboardUrl is { } dashboard)
        {
            rows.Add(("dashboard", dashboard.AbsoluteUri));
        }
        else if (graph.DashboardFailure is { } failure)
        {
            rows.Add(("dashboard", $"does not run: {failure.Split('\n')[0]}"));
        }

        rows.Add(("logs", graph.LogFolder));
        return Lines(rows, graph.Endpoints, graph.IssuerUrl);
    }

    public static IEnumerable<string> Of(AppManifest manifest, EndpointMap endpoints, string environment) =>
        Lines([.. Projects(manifest, endpoints, environment)], endpoints, issuer: null);

    private static IEnumerable<string> Lines(IReadOnlyCollection<(string Name, string Text)> rows, EndpointMap endpoints, Uri? issuer)
    {
        var width = rows.Max(row => row.Name.Length);
        var table = rows.Select(row => $"  {row.Name.PadRight(width)}  {row.Text}");
        return ["The graph runs. Ctrl-C stops it.", "", .. table, .. Examples(endpoints, issuer)];
    }

    private static IEnumerable<(string Name, string Text)> Projects(AppManifest manifest, EndpointMap endpoints, string environment)
    {
        foreach (var (name, _) in manifest.Runnable.Where(entry => entry.Resource.IsProject))
        {
            if (endpoints.Find(name, "http") is { } endpoint)
            {
                var pages = environment == "Development" ? $"   {Local(endpoint)}/swagger" : "";
                yield return (name, Local(endpoint) + pages);
            }
        }
    }

    private static IEnumerable<(string Name, string Text)> ManagementPages(ManifestGraph graph)
    {
        foreach (var (name, resource) in graph.Manifest.Runnable)
        {
            if (graph.Endpoints.Find(name, "management") is { } endpoint)
            {
                var user = resource.Environment.GetValueOrDefault("RABBITMQ_DEFAULT_USER", "guest");
                var password = resource.Environment.GetValueOrDefault("RABBITMQ_DEFAULT_PASS", "");
                var parameter = ManifestExpression.References(password).FirstOrDefault();
                yield return (name, $"{Local(endpoint)}   user {user}, password '{parameter?.Resource}' in {graph.ParametersFile}");
            }
        }
    }

    private static IEnumerable<string> Examples(EndpointMap endpoints, Uri? issuer)
    {
        if (endpoints.Find(UserApi, "http") is not { } users || endpoints.Find(OrderApi, "http") is not { } orders)
        {
            return [];
        }

        const string json = "-H 'Content-Type: application/json'";
        const string ada = """'{"name":"Ada Lovelace","email":"ada-'$RANDOM'@example.com"}'""";
        const string takeId = """sed 's/.*"id": *"\([^"]*\)".*/\1/'""";
        var bearer = issuer is null ? "" : """ -H "Authorization: Bearer $TOKEN" """.TrimEnd();
        return
        [
            "",
            "Try it in another terminal:",
            "",
            .. Token(issuer, "sign-up", "users:write"),
            $"  USER_ID=$(curl -s {Local(users)}/v1/users{bearer} {json} -d {ada} | {takeId})",
            .. Token(issuer, "$USER_ID", "users:read orders:read orders:write"),
            $$"""  curl -si {{Local(orders)}}/v1/orders{{bearer}} {{json}} -d '{"userId":"'$USER_ID'"}'""",
        ];
    }

    private static IEnumerable<string> Token(Uri? issuer, string subject, string scope) =>
        issuer is null ? [] : [$"  TOKEN=$(curl -s {TokensFor(issuer)} -d sub={subject} -d scope='{scope}')"];

    private static string TokensFor(Uri issuer) => $"{issuer.GetLeftPart(UriPartial.Authority)}/dev/token";

    private static string Local(Endpoint endpoint) => $"{endpoint.Scheme}://localhost:{endpoint.Port}";
}
