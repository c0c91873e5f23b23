using UserOrder.Processes;

namespace UserOrder.Tests.Samples;

/// <summary>The samples of a language: how to run them, and how to read what the consumer has stored.</summary>
internal sealed class SampleLanguage
{
    private const string ReadSqlite = """
        import sqlite3, sys
        row = sqlite3.connect(sys.argv[1]).execute("select orders from order_counts where user_id = ?", sys.argv[2:]).fetchone()
        print(row[0] if row else 0)
        """;

    private static readonly Lazy<Task<string?>> Python = new(FindPythonAsync);

    private readonly string _folder;
    private readonly string _interpreter;
    private readonly string _extension;

    private SampleLanguage(string name, string interpreter, string extension)
    {
        Name = name;
        _interpreter = interpreter;
        _extension = extension;
        _folder = Path.Combine(Repository.Root, "samples", name);
    }

    public string Name { get; }

    /// <summary>The queue of the consumer, and its exchange.</summary>
    public string Queue => $"sample-{Name}.order-placed";

    /// <summary>Finds the programs of a language, or skips the test with the reason.</summary>
    public static async Task<SampleLanguage> OfAsync(string name)
    {
        if (name == "node")
        {
            Assert.SkipUnless(
                File.Exists(Path.Combine(Repository.Root, "samples", "node", "node_modules", ".fetched")),
                "amqplib is missing. ./test.sh fetches it from npm, which needs Node.js 20.19 or later.");
            return new SampleLanguage(name, "node", "js");
        }

        var python = await Python.Value;
        Assert.SkipWhen(python is null, "No Python has pika. ./test.sh installs python3-pika on Debian and Ubuntu.");
        return new SampleLanguage(name, python, "py");
    }

    public ChildProcess StartConsumer(Uri broker, string file, Action<string> onLine) =>
        ChildProcess.Start(SpecificationOf("consumer", broker, file), onLine);

    public Task<(int ExitCode, string Output)> ProduceAsync(Uri broker, string type, string subject, string data, Guid id) =>
        ChildProcess.RunAsync(SpecificationOf("producer", broker, type, subject, data, $"{id}"), TestContext.Current.CancellationToken);

    /// <summary>The number of a user's orders that the consumer has counted in its file.</summary>
    public async Task<int> CountAsync(string file, Guid userId)
    {
        if (Name == "node")
        {
            var lines = await File.ReadAllLinesAsync(file, TestContext.Current.CancellationToken);
            return lines.Count(line => line.EndsWith($" {userId}", StringComparison.Ordinal));
        }

        var read = new ProcessSpecification(_interpreter, "-c", ReadSqlite, file, $"{userId}");
        var (exitCode, output) = await ChildProcess.RunAsync(read, TestContext.Current.CancellationToken);
        Assert.True(exitCode == 0, output);
        return int.Parse(output, System.Globalization.CultureInfo.InvariantCulture);
    }

    private static async Task<string?> FindPythonAsync()
    {
        // Debian's package belongs to Debian's Python, which may not be the first on PATH.
        foreach (var candidate in new[] { "python3", "/usr/bin/python3" })
        {
            var import = new ProcessSpecification(candidate, "-c", "import pika");
            if (await ChildProcess.RunAsync(import, TestContext.Current.CancellationToken) is (0, _))
            {
                return candidate;
            }
        }

        return null;
    }

    private ProcessSpecification SpecificationOf(string program, Uri broker, params string[] arguments) =>
        new(_interpreter, [$"{program}.{_extension}", .. arguments])
        {
            WorkingDirectory = _folder,
            Environment = new Dictionary<string, string?>
            {
                ["AMQP_URL"] = broker.AbsoluteUri.TrimEnd('/'),
                ["PYTHONDONTWRITEBYTECODE"] = "1",
            },
        };
}
