// Reports a test run: each skipped test with its reason, each failure, and the number of tests in the last line. Failures with the same
// message, such as those of a server that did not start, appear once.
// The exit code is 0 if a test passed, none failed, and the run of each project was complete.
//
//     dotnet run tools/TestReport.cs -- FOLDER PROJECT...       reads FOLDER/PROJECT.trx
#:property PublishAot=false

using System.Xml;
using System.Xml.Linq;

if (args.Length < 2)
{
    Console.Error.WriteLine("usage: dotnet run tools/TestReport.cs -- FOLDER PROJECT...");
    return 2;
}

var runs = args[1..].Select(project => TestRun.Read(project, Path.Combine(args[0], $"{project}.trx"))).ToList();
var tests = runs.SelectMany(run => run.Tests).ToLookup(test => test.Outcome);
var (passed, failed, skipped) = (tests[Outcome.Passed].Count(), tests[Outcome.Failed].Count(), tests[Outcome.Skipped].Count());
string[] failures =
[
    .. tests[Outcome.Failed].GroupBy(test => test.Message).Select(Describe),
    .. runs.SelectMany(run => run.Errors.Select(error => $"{run.Project}: {error}")),
    .. passed + failed == 0 ? ["No test was run."] : Array.Empty<string>(),
];
foreach (var entry in tests[Outcome.Skipped].Select(test => test.ToString()).Concat(failures))
{
    Console.WriteLine(entry);
}

Console.WriteLine($"tests: {passed} passed, {failed} failed, {skipped} skipped");
return failures.Length == 0 ? 0 : 1;

static string Describe(IGrouping<string, TestResult> failures)
{
    var others = failures.Skip(1).Select(test => test.Name).ToList();
    return others.Count switch
    {
        0 => $"{failures.First()}",
        1 => $"{failures.First()}\n  {others[0]} failed with the same message.",
        _ => $"{failures.First()}\n  {others[0]} and {others.Count - 1} more failed with the same message.",
    };
}

/// <summary>The result of a test.</summary>
internal enum Outcome
{
    Passed,
    Failed,
    Skipped,
}

/// <summary>One test of a run.</summary>
/// <param name="Name">The full name.</param>
/// <param name="Outcome">Its result.</param>
/// <param name="Message">The error message, or the reason for skipping it.</param>
/// <param name="Stack">Where it failed; empty if it did not.</param>
internal sealed record TestResult(string Name, Outcome Outcome, string Message, string Stack)
{
    private const int MostLines = 12;

    public static TestResult Read(XElement result)
    {
        var outcome = result.Attribute("outcome")?.Value switch
        {
            "Passed" => Outcome.Passed,
            "NotExecuted" => Outcome.Skipped,
            _ => Outcome.Failed,
        };
        return new TestResult(result.Attribute("testName")!.Value, outcome, ValueOf("Message"), ValueOf("StackTrace"));

        string ValueOf(string element) => result.Descendants(result.Name.Namespace + element).FirstOrDefault()?.Value ?? "";
    }

    public override string ToString()
    {
        var calls = LinesOf(Stack).Where(line => !line.StartsWith("   at System.", StringComparison.Ordinal));
        return string.Join("\n  ", [$"{Outcome} {Name}", .. LinesOf(Message).Take(MostLines), .. calls.Take(MostLines)]);
    }

    private static string[] LinesOf(string text) => text.ReplaceLineEndings("\n").Split('\n', StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>The run of one project.</summary>
/// <param name="Project">The project's name.</param>
/// <param name="Tests">The finished tests.</param>
/// <param name="Errors">The errors of the run itself, such as a crash.</param>
internal sealed record TestRun(string Project, IReadOnlyList<TestResult> Tests, IReadOnlyList<string> Errors)
{
    public static TestRun Read(string project, string file)
    {
        try
        {
            var run = XDocument.Load(file).Root!;
            var trx = run.Name.Namespace;
            var errors = run.Descendants(trx + "RunInfo").Where(info => info.Attribute("outcome")?.Value == "Error");
            return new TestRun(
                project,
                [.. run.Descendants(trx + "UnitTestResult").Select(TestResult.Read)],
                [.. errors.Select(error => error.Value.Trim()).Where(IsNotOfATest)]);
        }
        catch (IOException)
        {
            return new TestRun(project, [], ["There are no results."]);
        }
        catch (XmlException exception)
        {
            return new TestRun(project, [], [$"The results are incomplete. {exception.Message}"]);
        }
    }

    // A failed test has an error entry of the run besides its result.
    private static bool IsNotOfATest(string error) => !error.EndsWith(" [FAIL]", StringComparison.Ordinal);
}
