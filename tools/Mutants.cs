// Checks that the tests notice a broken protocol. For each mutant of tools/mutants.json it breaks one line in a clone of the last commit,
// runs the tests that must fail, and reports the first that did. First it runs all these tests on the unchanged code: a test that fails
// there would kill every mutant. The exit code is 0 if every mutant was killed. A mutant takes one to two minutes.
//
//     dotnet run tools/Mutants.cs -- [NAME...]       runs the mutants whose names contain one of the words, by default all
#:property PublishAot=false

using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Json;

var root = Path.GetFullPath("..", Path.GetDirectoryName(PathOf())!);
var mutants = JsonDocument.Parse(File.ReadAllText(Path.Combine(root, "tools", "mutants.json"))).RootElement.EnumerateArray()
    .Select(Mutant.Read)
    .Where(mutant => args.Length == 0 || args.Any(word => mutant.Name.Contains(word, StringComparison.OrdinalIgnoreCase)))
    .ToList();
if (mutants.Count == 0)
{
    Console.Error.WriteLine($"No mutant has a name with {string.Join(" or ", args)}.");
    return 2;
}

var clone = Directory.CreateTempSubdirectory("userorder-mutants-").FullName;
try
{
    Require(Run(root, "git", "clone", "--quiet", root, clone).ExitCode, "The clone failed.");
    foreach (var project in mutants.GroupBy(mutant => mutant.Project))
    {
        Require(Build(project.Key), "The unchanged code does not build.");
        var (exitCode, failed) = Test(project.Key, string.Join('|', project.Select(mutant => mutant.Tests).Distinct()));
        Require(exitCode, $"The tests fail on the unchanged code: {failed ?? "none ran"}.");
    }

    var killed = 0;
    Console.WriteLine("| mutant | tests | result |");
    Console.WriteLine("| --- | --- | --- |");
    foreach (var mutant in mutants)
    {
        var result = Try(mutant);
        killed += result.StartsWith("killed", StringComparison.Ordinal) ? 1 : 0;
        Console.WriteLine($"| {mutant.Name} | {mutant.Tests} | {result} |");
    }

    Console.WriteLine($"mutants: {killed} killed of {mutants.Count}");
    return killed == mutants.Count ? 0 : 1;
}
finally
{
    Directory.Delete(clone, recursive: true);
}

string Try(Mutant mutant)
{
    var file = Path.Combine(clone, mutant.File);
    var text = File.ReadAllText(file);
    if (text.Split(mutant.From).Length != 2)
    {
        return "**does not apply**";
    }

    File.WriteAllText(file, text.Replace(mutant.From, mutant.To, StringComparison.Ordinal));
    try
    {
        if (Build(mutant.Project) != 0)
        {
            return "**does not compile**";
        }

        var (exitCode, failed) = Test(mutant.Project, mutant.Tests, "--", "xUnit.StopOnFail=true");
        return (exitCode, failed) switch
        {
            (0, _) => "**survived**",
            (_, null) => "**the tests did not run**",
            _ => $"killed by {failed}",
        };
    }
    finally
    {
        File.WriteAllText(file, text);
    }
}

// Returns the name of the first test that failed; null if none did.
(int ExitCode, string? Failed) Test(string project, string tests, params string[] settings)
{
    var (exitCode, output) = Run(clone, "dotnet", ["test", project, "--no-build", "--nologo", "--filter", tests, .. settings]);
    var failed = output.Split('\n')
        .Select(line => line.Trim())
        .FirstOrDefault(line => line.StartsWith("Failed ", StringComparison.Ordinal));
    return (exitCode, failed?.Split(' ', '(')[1].Split('.')[^1]);
}

int Build(string project) => Run(clone, "dotnet", "build", project, "--nologo", "--verbosity", "quiet").ExitCode;

static (int ExitCode, string Output) Run(string folder, string program, params string[] arguments)
{
    using var process = Process.Start(new ProcessStartInfo(program, arguments)
    {
        WorkingDirectory = folder,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;
    var output = process.StandardOutput.ReadToEndAsync();
    var errors = process.StandardError.ReadToEndAsync();
    process.WaitForExit();
    File.WriteAllText(Path.Combine(Path.GetTempPath(), "userorder-mutants.log"), output.Result + errors.Result);
    return (process.ExitCode, output.Result);
}

static void Require(int exitCode, string message)
{
    if (exitCode != 0)
    {
        throw new InvalidOperationException(message);
    }
}

static string PathOf([CallerFilePath] string path = "") => path;

internal sealed record Mutant(string Name, string File, string From, string To, string Project, string Tests)
{
    public static Mutant Read(JsonElement json) => new(
        Text(json, "name"), Text(json, "file"), Text(json, "from"), Text(json, "to"), Text(json, "project"), Text(json, "tests"));

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;
}
