using System.Text.Json;
using System.Text.Json.Nodes;

namespace UserOrder.Tests.Contracts;

/// <summary>The contract of one event type: the envelope, the type name and the schema of the data.</summary>
internal sealed class EventContract
{
    private static readonly ContractSchema Envelope =
        new(ContractFiles.Read(Path.Combine(ContractFiles.Folder, "events", "cloudevent.schema.json")));

    private readonly string _type;
    private readonly string _name;
    private readonly ContractSchema _data;

    public EventContract(string type, JsonObject schema)
    {
        _type = type;
        _name = schema["$id"]!.GetValue<string>();
        _data = new ContractSchema(schema);
    }

    public static EventContract Of(string type) => new(type, ContractFiles.Read(ContractFiles.EventSchema(ContractFiles.Folder, type)));

    /// <summary>The violations of a message, one sentence each; empty for a valid message.</summary>
    public IReadOnlyList<string> Check(ReadOnlyMemory<byte> message)
    {
        using var document = JsonDocument.Parse(message);
        var root = document.RootElement;
        var problems = Envelope.Check(root).ToList();
        if (root.GetProperty("type").GetString() != _type)
        {
            problems.Add($"at /type: it is not {_type}");
        }

        if (root.TryGetProperty("dataschema", out var schema) && schema.GetString() != _name)
        {
            problems.Add($"at /dataschema: it is not {_name}");
        }

        if (root.TryGetProperty("data", out var data))
        {
            problems.AddRange(_data.Check(data).Select(problem => problem
                .Replace("at /", "at /data/", StringComparison.Ordinal)
                .Replace("the top", "/data", StringComparison.Ordinal)));
        }

        return problems;
    }

    /// <summary>Asserts that the message meets the contract.</summary>
    public void AssertValid(ReadOnlyMemory<byte> message)
    {
        var problems = Check(message);
        Assert.True(
            problems.Count == 0,
            $"{_type} as it is published breaks its contract, contracts/events/{_type}.schema.json: {string.Join("; ", problems)}. " +
            $"Its consumers rely on it: undo the change, or publish a new version beside this one ({ContractFiles.Guide}).");
    }
}
