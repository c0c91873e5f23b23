using System.Globalization;
using System.Xml.Linq;
using UserOrder.Bench.Report;

namespace UserOrder.Bench.Tests;

public sealed class BarChartTests
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    private readonly XDocument _chart = XDocument.Parse(new BarChart(
        "p99 < 1 s & more",
        ["ours", "theirs"],
        [("1 connection", [new Spread(1, 0.5, 2), null]), ("32 connections", [new Spread(4, 4, 4), new Spread(2, 1, 3)])],
        "0.0").ToSvg());

    [Fact]
    public void A_bar_is_as_high_as_its_median()
    {
        var bars = _chart.Descendants(Svg + "rect").Where(bar => Number(bar, "height") > 12).ToList();
        Assert.Equal(
            [4.0, 16.0, 8.0],
            bars.Select(bar => Math.Round(16 * Number(bar, "height") / bars.Max(other => Number(other, "height")), 1)));
        Assert.Single(bars.Select(bar => Math.Round(Number(bar, "y") + Number(bar, "height"))).Distinct());
    }

    [Fact]
    public void Names_and_medians_are_written()
    {
        var texts = _chart.Descendants(Svg + "text").Select(text => text.Value).ToList();
        Assert.Equal(["p99 < 1 s & more", "ours", "theirs", "1.0", "1 connection", "4.0", "2.0", "32 connections"], texts);
    }

    private static double Number(XElement element, string name) =>
        double.Parse(element.Attribute(name)!.Value, CultureInfo.InvariantCulture);
}
