using System.Globalization;
using System.Text;
using System.Text.Json;
using UserOrder.ApiDefaults.Bodies;

namespace UserOrder.Tests.ApiDefaults;

/// <summary>A JSON number is read by its value, and never rounded.</summary>
public sealed class ExactNumberTests
{
    [Theory]
    [InlineData("1", "1")]
    [InlineData("1.0", "1")]
    [InlineData("1.00", "1")]
    [InlineData("1e0", "1")]
    [InlineData("0.001e3", "1")]
    [InlineData("100E-2", "1")]
    [InlineData("-0", "0")]
    [InlineData("0.000e5", "0")]
    [InlineData("1.050", "1.05")]
    [InlineData("-20.30", "-20.3")]
    [InlineData("1e2", "100")]
    [InlineData("1000000000000000000000000000", "1000000000000000000000000000")]
    [InlineData("0.0000000000000000000000000001", "0.0000000000000000000000000001")]
    [InlineData("1.000000000000000000000000000000000000000000", "1")]
    public void Equal_numbers_have_one_form(string json, string expected) =>
        Assert.Equal(expected, Read(json).ToString(CultureInfo.InvariantCulture));

    [Theory]
    [InlineData("1.0000000000000000000000000001")]
    [InlineData("0.00000000000000000000000000001")]
    [InlineData("10000000000000000000000000001e1")]
    [InlineData("79228162514264337593543950335")]
    [InlineData("1e28")]
    [InlineData("1e2147483647")]
    [InlineData("1e-2147483648")]
    [InlineData("1e99999999999999999999")]
    public void A_number_that_a_decimal_may_round_is_refused(string json) => Assert.Throws<JsonException>(() => Read(json));

    private static decimal Read(string json)
    {
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(json));
        reader.Read();
        return ExactNumber.Read(ref reader);
    }
}
