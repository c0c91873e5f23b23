using UserOrder.ManifestRunner.Evaluation;
using UserOrder.ManifestRunner.Manifest;

namespace UserOrder.Tests.Runner;

public class ValueGeneratorTests
{
    private const int Samples = 200;

    [Fact]
    public void A_value_has_the_least_length_and_only_allowed_characters()
    {
        var rule = new GenerationRule { MinLength = 22, Special = false, Upper = false };

        Assert.All(Generate(rule), value =>
        {
            Assert.Equal(22, value.Length);
            Assert.All(value, character => Assert.True(char.IsAsciiLetterLower(character) || char.IsAsciiDigit(character)));
        });
    }

    [Fact]
    public void Every_kind_that_is_demanded_occurs()
    {
        var rule = new GenerationRule { MinLength = 4, MinLower = 2, MinUpper = 2, MinNumeric = 2, MinSpecial = 2 };

        Assert.All(Generate(rule), value =>
        {
            Assert.Equal(8, value.Length);
            Assert.Equal(2, value.Count(char.IsAsciiLetterLower));
            Assert.Equal(2, value.Count(char.IsAsciiLetterUpper));
            Assert.Equal(2, value.Count(char.IsAsciiDigit));
        });
    }

    [Fact]
    public void No_two_values_are_the_same()
    {
        var values = Generate(new GenerationRule { MinLength = 22 });

        Assert.Equal(values.Count, values.Distinct().Count());
    }

    public static TheoryData<string> ImpossibleRules() => ["nothing allowed", "forbidden kind demanded", "no length", "negative count"];

    [Theory]
    [MemberData(nameof(ImpossibleRules))]
    public void A_rule_that_cannot_be_met_is_refused(string kind)
    {
        var rule = kind switch
        {
            "nothing allowed" => new GenerationRule { MinLength = 8, Lower = false, Upper = false, Numeric = false, Special = false },
            "forbidden kind demanded" => new GenerationRule { MinLength = 8, Special = false, MinSpecial = 1 },
            "no length" => new GenerationRule { MinLength = 0 },
            _ => new GenerationRule { MinLength = 8, MinLower = -1 },
        };

        Assert.Throws<ManifestException>(() => ValueGenerator.Generate(rule));
    }

    private static List<string> Generate(GenerationRule rule) => [.. Enumerable.Range(0, Samples).Select(_ => ValueGenerator.Generate(rule))];
}
