using UserOrder.Messaging.Resilience;
using UserOrder.Tests.Model;

namespace UserOrder.Tests.Faults;

/// <summary>The fail points that the events of one test have passed, from the files that the services write.</summary>
internal sealed class FailPointTraces
{
    private readonly string _folder;
    private readonly Dictionary<string, int> _linesBefore;

    /// <summary>Begins to watch. The services have written the lines of earlier tests already.</summary>
    /// <param name="folder">The folder of the files, each named after the replica and its process.</param>
    public FailPointTraces(string folder)
    {
        _folder = folder;
        _linesBefore = Directory.GetFiles(folder).ToDictionary(file => file, file => ReadLines(file).Count);
    }

    /// <summary>Reads the runs of the events that were requested since.</summary>
    public IReadOnlyDictionary<string, RecordedRun> Read()
    {
        var processes = Directory.GetFiles(_folder)
            .Select(file => (
                Service: Path.GetFileNameWithoutExtension(file),
                Lines: ReadLines(file).Skip(_linesBefore.GetValueOrDefault(file)).Select(line => line.Split(' ')).ToList()))
            .OrderBy(process => process.Lines.Any(IsKill) ? 0 : 1)
            .ToList();
        var senders = new Dictionary<string, string[]>();
        foreach (var (service, lines) in processes)
        {
            foreach (var id in lines.Where(line => line[0] == FailPoint.RequestReceived).SelectMany(line => line.Skip(1)))
            {
                senders[id] = FaultySystem.UserApis.Contains(service) ? FaultySystem.UserApis : FaultySystem.OrderApis;
            }
        }

        var runs = senders.Keys.ToDictionary(id => id, _ => new RecordedRun());
        foreach (var (service, lines) in processes)
        {
            foreach (var line in lines.Where(line => line[0] != FailPoint.RelayDeleted && !IsKill(line)))
            {
                foreach (var id in line.Skip(1).Distinct().Where(runs.ContainsKey))
                {
                    runs[id].Add(ReplicaOf(service, senders[id]), line[0]);
                }
            }

            foreach (var (id, run) in lines.Any(IsKill) ? runs : [])
            {
                run.AddKilled(ReplicaOf(service, senders[id]));
            }
        }

        return runs;
    }

    private static bool IsKill(string[] line) => line[0] == RecordedRun.Killed;

    private static int ReplicaOf(string service, string[] senders) =>
        Array.IndexOf(senders, service) is >= 0 and var sender
            ? sender
            : 2 + Array.IndexOf(senders == FaultySystem.UserApis ? FaultySystem.OrderApis : FaultySystem.UserApis, service);

    /// <summary>The complete lines of a file that its process may be writing.</summary>
    private static List<string> ReadLines(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream);
        return [.. reader.ReadToEnd().Split('\n')[..^1]];
    }
}
