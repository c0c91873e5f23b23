using System.Text.Json;

namespace UserOrder.Tests.Tools;

/// <summary>tools/mutants.json, which tools/Mutants.cs runs outside of this suite because each mutant takes minutes.</summary>
public sealed class MutantsTests
{
    public static TheoryData<string> Names { get; } = [.. Read().Select(mutant => mutant.GetProperty("name").GetString()!)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_mutant_changes_one_place_and_names_existing_tests(string name)
    {
        var mutant = Read().Single(mutant => mutant.GetProperty("name").GetString() == name);
        var source = File.ReadAllText(Path.Combine(Repository.Root, Text("file")));
        Assert.Equal(2, source.Split(Text("from")).Length);
        Assert.NotEqual(Text("from"), Text("to"));

        var tests = Directory.EnumerateFiles(Path.Combine(Repository.Root, Text("project")), "*Tests.cs", SearchOption.AllDirectories)
            .Select(file => Path.GetFileNameWithoutExtension(file))
            .ToHashSet();
        foreach (var filter in Text("tests").Split('|'))
        {
            Assert.Contains(filter.Split('~')[1].Split('.'), tests.Contains);
        }

        string Text(string property) => mutant.GetProperty(property).GetString()!;
    }

    private static List<JsonElement> Read() =>
        JsonDocument.Parse(File.ReadAllText(Path.Combine(Repository.Root, "tools", "mutants.json"))).RootElement.EnumerateArray().ToList();
}
