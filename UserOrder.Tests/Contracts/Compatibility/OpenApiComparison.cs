using System.Text.Json.Nodes;

namespace UserOrder.Tests.Contracts.Compatibility;

/// <summary>Finds the changes between two OpenAPI documents of one version that break a client.</summary>
internal sealed class OpenApiComparison
{
    private const string Problem = "application/problem+json";
    private readonly JsonObject _before;
    private readonly JsonObject _after;
    private readonly List<string> _breaks = [];

    private OpenApiComparison(JsonObject before, JsonObject after)
    {
        _before = before;
        _after = after;
    }

    /// <summary>One sentence for each break.</summary>
    public static IReadOnlyList<string> Compare(JsonObject before, JsonObject after)
    {
        var comparison = new OpenApiComparison(before, after);
        comparison.ComparePaths();
        return comparison._breaks;
    }

    private void ComparePaths()
    {
        foreach (var (path, operations) in _before["paths"]!.AsObject())
        {
            foreach (var (method, operation) in operations!.AsObject())
            {
                var name = $"{method.ToUpperInvariant()} {path}";
                if (_after["paths"]![path]?[method] is { } changed)
                {
                    CompareOperation(name, operation!, changed);
                }
                else
                {
                    _breaks.Add($"{name} was removed");
                }
            }
        }
    }

    private void CompareOperation(string name, JsonNode before, JsonNode after)
    {
        if (before["operationId"]?.GetValue<string>() is { } id && after["operationId"]?.GetValue<string>() != id)
        {
            _breaks.Add($"{name}: its operationId {id} was changed");
        }

        CompareParameters(name, ParametersOf(before), ParametersOf(after));
        CompareRequest(name, before["requestBody"], after["requestBody"]);
        foreach (var (status, response) in before["responses"]!.AsObject())
        {
            if (after["responses"]![status] is { } changed)
            {
                CompareResponse($"{name}: the answer {status}", response!, changed);
            }
            else
            {
                _breaks.Add($"{name}: the answer {status} was removed");
            }
        }
    }

    private void CompareParameters(string name, Dictionary<string, JsonNode> before, Dictionary<string, JsonNode> after)
    {
        foreach (var (key, parameter) in before)
        {
            if (!after.TryGetValue(key, out var changed))
            {
                _breaks.Add($"{name}: the {key} was removed");
                continue;
            }

            if (IsRequired(changed) && !IsRequired(parameter))
            {
                _breaks.Add($"{name}: the {key} is now required");
            }

            CompareSchemas($"{name}: the {key}", parameter["schema"], changed["schema"], Flow.Request);
        }

        foreach (var (key, _) in after.Where(parameter => IsRequired(parameter.Value) && !before.ContainsKey(parameter.Key)))
        {
            _breaks.Add($"{name}: the {key} is new and required");
        }
    }

    private void CompareRequest(string name, JsonNode? before, JsonNode? after)
    {
        if (after is not null && IsRequired(after) && (before is null || !IsRequired(before)))
        {
            _breaks.Add($"{name}: a body is now required");
        }

        CompareContents($"{name}: the request", before, after, Flow.Request);
    }

    private void CompareResponse(string name, JsonNode before, JsonNode after)
    {
        foreach (var (header, _) in before["headers"]?.AsObject() ?? [])
        {
            if (after["headers"]?[header] is null)
            {
                _breaks.Add($"{name}: the header {header} was removed");
            }
        }

        foreach (var (problem, _) in before["content"]?[Problem]?["examples"]?.AsObject() ?? [])
        {
            if (after["content"]?[Problem]?["examples"]?[problem] is null)
            {
                _breaks.Add($"{name}: its problem type {problem} was removed");
            }
        }

        CompareContents(name, before, after, Flow.Response);
    }

    private void CompareContents(string name, JsonNode? before, JsonNode? after, Flow flow)
    {
        foreach (var (mediaType, content) in before?["content"]?.AsObject() ?? [])
        {
            if (after?["content"]?[mediaType] is not { } changed)
            {
                _breaks.Add($"{name}: the content type {mediaType} was removed");
            }
            else if (mediaType != Problem)
            {
                // A client handles an unknown problem type by its status (RFC 9457, section 3), so a new type breaks no client.
                CompareSchemas(name, content!["schema"], changed["schema"], flow);
            }
        }
    }

    private void CompareSchemas(string name, JsonNode? before, JsonNode? after, Flow flow)
    {
        if (before is not null && after is not null)
        {
            _breaks.AddRange(new SchemaComparison(_before, _after, flow).Compare(before, after).Select(found => $"{name}: {found}"));
        }
    }

    private static Dictionary<string, JsonNode> ParametersOf(JsonNode operation) =>
        (operation["parameters"]?.AsArray() ?? []).ToDictionary(
            parameter => $"{parameter!["in"]!.GetValue<string>()} parameter {parameter["name"]!.GetValue<string>()}",
            parameter => parameter!);

    private static bool IsRequired(JsonNode node) => node["required"]?.GetValue<bool>() == true;
}
