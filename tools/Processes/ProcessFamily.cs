using System.Globalization;

namespace UserOrder.Processes;

/// <summary>
/// A process with its session and its descendants. Both are needed: children of PostgreSQL and Erlang open their own sessions, and orphans
/// keep only their session.
/// </summary>
internal static class ProcessFamily
{
    private const string Zombie = "Z";

    public static void Send(int leader, Signal signal)
    {
        foreach (var member in Members(leader))
        {
            Signals.Send(member, signal);
        }
    }

    /// <returns>The ids of the living members, the leader first.</returns>
    public static IReadOnlyList<int> Members(int leader)
    {
        var processes = Running();
        var children = processes.ToLookup(process => process.Parent, process => process.Id);
        var members = processes
            .Where(process => process.Id == leader || process.Session == leader)
            .Select(process => process.Id)
            .OrderByDescending(id => id == leader)
            .ToList();
        for (var next = 0; next < members.Count; next++)
        {
            members.AddRange(children[members[next]].Except(members).ToList());
        }

        return members;
    }

    private static List<(int Id, int Parent, int Session)> Running()
    {
        var processes = new List<(int, int, int)>();
        foreach (var path in Directory.EnumerateDirectories("/proc").Where(path => char.IsAsciiDigit(Path.GetFileName(path)[0])))
        {
            try
            {
                // The name in parentheses may contain blanks and parentheses, so parse after the last parenthesis.
                var status = File.ReadAllText(Path.Combine(path, "stat"));
                if (status[(status.LastIndexOf(')') + 2)..].Split(' ') is [not Zombie, var parent, _, var session, ..])
                {
                    processes.Add((ToInt(Path.GetFileName(path)), ToInt(parent), ToInt(session)));
                }
            }
            catch (IOException)
            {
                // The process exited after the listing.
            }
        }

        return processes;
    }

    private static int ToInt(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
