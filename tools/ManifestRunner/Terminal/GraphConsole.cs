using System.Collections.Concurrent;
using System.Diagnostics;
using UserOrder.ManifestRunner.CommandLine;
using UserOrder.ManifestRunner.Graph;

namespace UserOrder.ManifestRunner.Terminal;

/// <summary>Shows on the console what happens in the graph, each line with its resource's name and colour.</summary>
internal sealed class GraphConsole(ConsoleDetail detail, TextWriter output, bool coloured)
{
    private const string Runner = "runner";
    private const int NameWidth = 16;
    private const string Reset = "\e[0m";

    private static readonly string[] Colours = ["\e[36m", "\e[33m", "\e[32m", "\e[35m", "\e[34m", "\e[96m", "\e[93m"];

    private readonly ConcurrentDictionary<string, ResourceState> _states = new();
    private readonly Dictionary<string, string> _colours = [];
    private readonly Stopwatch _sinceStart = Stopwatch.StartNew();
    private readonly Lock _lock = new();

    /// <summary>Writes to standard output, in colour if that is a terminal and nobody objects.</summary>
    public static GraphConsole Standard(ConsoleDetail detail)
    {
        var objection = Environment.GetEnvironmentVariable("NO_COLOR");
        return new GraphConsole(detail, Console.Out, coloured: !Console.IsOutputRedirected && string.IsNullOrEmpty(objection));
    }

    public void Write(LogLine line)
    {
        if (IsShown(line))
        {
            Write(line.Resource, line.Text);
        }
    }

    public void Write(ResourceChange change)
    {
        _states[change.Resource] = change.State;
        var remark = change.Remark is { } text ? $" ({text})" : "";
        switch (change.State)
        {
            case ResourceState.Running:
                WriteNote($"{change.Resource} is ready after {_sinceStart.Elapsed.TotalSeconds:0.0} s{remark}");
                break;
            case ResourceState.Exited:
                WriteNote($"{change.Resource} has ended by itself{remark}; the others go on");
                break;
            case ResourceState.Stopped:
                WriteNote($"{change.Resource} has stopped{remark}");
                break;
        }
    }

    public void WriteNote(string text) => Write(Runner, text);

    public void WriteSummary(IEnumerable<string> lines) => Print(string.Join('\n', ["", .. lines, ""]));

    // While a server starts or stops it warns of much that is as it should be; and if it fails, its last lines are shown anyway.
    private bool IsShown(LogLine line) => detail switch
    {
        ConsoleDetail.Quiet => false,
        ConsoleDetail.Verbose => true,
        _ => line.Kind == ResourceKind.Project
            || (_states.GetValueOrDefault(line.Resource) == ResourceState.Running && ServerSeverity.IsWarningOrWorse(line.Text)),
    };

    private void Write(string name, string text)
    {
        lock (_lock)
        {
            var label = name.PadRight(NameWidth);
            Print(coloured ? $"{Colour(name)}{label}|{Reset} {text}" : $"{label}| {text}");
        }
    }

    private string Colour(string name)
    {
        if (!_colours.TryGetValue(name, out var colour))
        {
            colour = _colours[name] = Colours[_colours.Count % Colours.Length];
        }

        return colour;
    }

    private void Print(string text)
    {
        try
        {
            output.WriteLine(text);
        }
        catch (IOException)
        {
            // The terminal is gone; the graph still has to be stopped in good order.
        }
    }
}
