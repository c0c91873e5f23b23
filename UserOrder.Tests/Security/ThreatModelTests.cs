using System.Text.RegularExpressions;

namespace UserOrder.Tests.Security;

/// <summary>The threat model in SECURITY.md names only existing tests.</summary>
public sealed partial class ThreatModelTests
{
    private static readonly string[] Rows =
        [.. File.ReadAllLines(Path.Combine(Repository.Root, "SECURITY.md")).Where(line => Threat().IsMatch(line))];

    private static readonly HashSet<string> Tests =
    [
        .. from type in typeof(ThreatModelTests).Assembly.GetTypes()
           from method in type.GetMethods()
           where method.IsDefined(typeof(FactAttribute), inherit: true)
           select $"{type.Name}.{method.Name}",
    ];

    [Fact]
    public void Every_row_names_existing_tests()
    {
        Assert.NotEmpty(Rows);
        Assert.All(Rows, row =>
        {
            var named = Name().Matches(row.Split('|')[^2]).Select(match => match.Groups[1].Value).ToList();
            Assert.NotEmpty(named);
            Assert.All(named, name => Assert.Contains(name, Tests));
        });
    }

    [Fact]
    public void Each_letter_of_STRIDE_has_a_row() =>
        Assert.All("STRIDE", letter => Assert.Contains(Rows, row => row.Split('|')[1].Contains(letter, StringComparison.Ordinal)));

    [GeneratedRegex(@"^\| [STRIDE](, [STRIDE])* \|")]
    private static partial Regex Threat();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Name();
}
