using System.Globalization;
using System.Text.Json.Nodes;

namespace UserOrder.Tests.Contracts.Compatibility;

/// <summary>The direction of a value, which decides the compatible changes of its schema.</summary>
internal enum Flow
{
    /// <summary>Clients write the value, so the schema may not require more than before.</summary>
    Request,

    /// <summary>The service writes the value, so the schema may not guarantee less than before.</summary>
    Response,

    /// <summary>The service writes the value, and consumers still read old values: a change may only add optional parts.</summary>
    Event,
}

/// <summary>Finds the breaking changes between two JSON Schemas (2020-12).</summary>
internal sealed class SchemaComparison(JsonObject before, JsonObject after, Flow flow)
{
    private static readonly string[] LowerLimits = ["minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"];
    private static readonly string[] UpperLimits = ["maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"];
    private static readonly string[] Rules = ["pattern", "format", "const", "multipleOf", "not", "uniqueItems"];
    private readonly List<string> _breaks = [];

    /// <summary>Compares two schemas of the documents and returns one sentence for each break.</summary>
    public IReadOnlyList<string> Compare(JsonNode oldSchema, JsonNode newSchema)
    {
        _breaks.Clear();
        Compare("", Flatten(oldSchema, before), Flatten(newSchema, after));
        return [.. _breaks];
    }

    private void Compare(string place, JsonObject oldSchema, JsonObject newSchema)
    {
        CompareTypes(place, TypesOf(oldSchema), TypesOf(newSchema));
        CompareProperties(place, oldSchema, newSchema);
        CompareLimits(place, oldSchema, newSchema);
        CompareEnum(place, oldSchema, newSchema);
        CompareInner(place, "items", "[]", oldSchema, newSchema);
        CompareInner(place, "additionalProperties", ".*", oldSchema, newSchema);
    }

    private void CompareTypes(string place, HashSet<string> oldTypes, HashSet<string> newTypes)
    {
        const string Null = "null";
        var (hadNull, hasNull) = (oldTypes.Remove(Null), newTypes.Remove(Null));
        if (!oldTypes.SetEquals(newTypes))
        {
            Add(place, $"was {Name(oldTypes)} and is {Name(newTypes)}");
        }
        else if (hasNull && !hadNull && flow != Flow.Request)
        {
            Add(place, "may now be null");
        }
        else if (hadNull && !hasNull && flow != Flow.Response)
        {
            Add(place, "may no longer be null");
        }

        static string Name(HashSet<string> types) => types.Count == 0 ? "anything" : string.Join(" or ", types.Order());
    }

    private void CompareProperties(string place, JsonObject oldSchema, JsonObject newSchema)
    {
        var (oldProperties, newProperties) = (PropertiesOf(oldSchema), PropertiesOf(newSchema));
        var (oldRequired, newRequired) = (RequiredOf(oldSchema), RequiredOf(newSchema));
        foreach (var (name, property) in oldProperties)
        {
            var inner = place.Length == 0 ? name : $"{place}.{name}";
            if (newProperties[name] is not { } changed)
            {
                Add(inner, "was removed");
                continue;
            }

            Compare(inner, Flatten(property!, before), Flatten(changed, after));
            if (oldRequired.Contains(name) && !newRequired.Contains(name) && flow != Flow.Request)
            {
                Add(inner, "may now be missing");
            }
            else if (!oldRequired.Contains(name) && newRequired.Contains(name) && flow != Flow.Response)
            {
                Add(inner, "is now required");
            }
        }

        foreach (var name in newRequired.Where(IsNew))
        {
            Add(place.Length == 0 ? name : $"{place}.{name}", "is new and required");
        }

        bool IsNew(string name) => flow != Flow.Response && !oldProperties.ContainsKey(name) && !oldRequired.Contains(name);
    }

    private void CompareLimits(string place, JsonObject oldSchema, JsonObject newSchema)
    {
        foreach (var limit in LowerLimits.Concat(UpperLimits))
        {
            var (was, now) = (Number(oldSchema[limit]), Number(newSchema[limit]));
            if (was == now)
            {
                continue;
            }

            var isNarrower = now is not null && (was is null || (LowerLimits.Contains(limit) ? now > was : now < was));
            if (flow == Flow.Event || flow == (isNarrower ? Flow.Request : Flow.Response))
            {
                Add(place, $"has its limit {limit} {(isNarrower ? "narrowed" : "widened")} from {Show(was)} to {Show(now)}");
            }
        }

        foreach (var rule in Rules)
        {
            var (was, now) = (oldSchema[rule], newSchema[rule]);
            var isHarmless = JsonNode.DeepEquals(was, now)
                || (now is null && flow == Flow.Request)
                || (was is null && flow == Flow.Response);
            if (!isHarmless)
            {
                Add(place, $"has its {rule} changed from {was?.ToJsonString() ?? "none"} to {now?.ToJsonString() ?? "none"}");
            }
        }

        static decimal? Number(JsonNode? node) => node is null ? null : decimal.Parse(node.ToJsonString(), CultureInfo.InvariantCulture);

        static string Show(decimal? limit) => limit?.ToString(CultureInfo.InvariantCulture) ?? "none";
    }

    private void CompareEnum(string place, JsonObject oldSchema, JsonObject newSchema)
    {
        var (was, now) = (Values(oldSchema), Values(newSchema));
        if (was is null && now is null)
        {
            return;
        }

        if (flow != Flow.Response && (was is null || (now is not null && was.Except(now).Any())))
        {
            Add(place, $"may no longer be {(was is null ? "anything" : string.Join(" or ", was.Except(now!)))}");
        }

        if (flow != Flow.Request && (now is null || (was is not null && now.Except(was).Any())))
        {
            Add(place, $"may now be {(now is null ? "anything" : string.Join(" or ", now.Except(was!)))}");
        }

        static List<string>? Values(JsonObject schema) =>
            schema["enum"]?.AsArray().Select(value => value?.ToJsonString() ?? "null").ToList();
    }

    private void CompareInner(string place, string keyword, string step, JsonObject oldSchema, JsonObject newSchema)
    {
        if (oldSchema[keyword] is JsonObject was && newSchema[keyword] is JsonObject now)
        {
            Compare(place + step, Flatten(was, before), Flatten(now, after));
        }
        else if (newSchema[keyword] is { } added
            && oldSchema[keyword] is null
            && flow != Flow.Response
            && !JsonNode.DeepEquals(added, true))
        {
            Add(place + step, "is now restricted");
        }
        else if (oldSchema[keyword] is not null && newSchema[keyword] is null && flow != Flow.Request)
        {
            Add(place + step, "may now be anything");
        }
    }

    private void Add(string place, string what) => _breaks.Add($"{(place.Length == 0 ? "it" : place)} {what}");

    private static HashSet<string> TypesOf(JsonObject schema) => schema["type"] switch
    {
        null => [],
        JsonArray types => [.. types.Select(type => type!.GetValue<string>())],
        var type => [type.GetValue<string>()],
    };

    private static JsonObject PropertiesOf(JsonObject schema) => schema["properties"]?.AsObject() ?? [];

    private static HashSet<string> RequiredOf(JsonObject schema) =>
        [.. schema["required"]?.AsArray().Select(name => name!.GetValue<string>()) ?? []];

    /// <summary>The schema with references resolved and all parts of <c>allOf</c> merged.</summary>
    private static JsonObject Flatten(JsonNode schema, JsonObject document)
    {
        if (schema["$ref"]?.GetValue<string>() is { } reference)
        {
            return Flatten(reference.Split('/').Skip(1).Aggregate((JsonNode)document, (at, name) => at[name]!), document);
        }

        var flat = schema.DeepClone().AsObject();
        flat.Remove("allOf");
        foreach (var part in (schema["allOf"]?.AsArray() ?? []).Select(part => Flatten(part!, document)))
        {
            foreach (var (keyword, value) in part)
            {
                flat[keyword] = (keyword, flat[keyword]) switch
                {
                    ("properties", JsonObject own) => Merge(own, value!.AsObject()),
                    ("required", JsonArray) => new JsonArray([.. RequiredOf(part).Union(RequiredOf(flat)).Select(name => (JsonNode)name)]),
                    (_, { } own) => own.DeepClone(),
                    _ => value?.DeepClone(),
                };
            }
        }

        return flat;
    }

    private static JsonObject Merge(JsonObject own, JsonObject other)
    {
        var merged = other.DeepClone().AsObject();
        foreach (var (name, property) in own)
        {
            if (merged[name] is JsonObject known)
            {
                foreach (var (keyword, value) in property!.AsObject())
                {
                    known[keyword] = value?.DeepClone();
                }
            }
            else
            {
                merged[name] = property?.DeepClone();
            }
        }

        return merged;
    }
}
