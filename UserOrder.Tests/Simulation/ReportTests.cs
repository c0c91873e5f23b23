using System.Xml.Linq;
using UserOrder.Simulation.Report;

namespace UserOrder.Tests.Simulation;

public sealed class ReportTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    [Fact]
    public void A_chart_is_well_formed_and_shows_every_point()
    {
        ChartLine line = new("measured & simulated", "#000000", IsDashed: true, [(1, 900), (2, 1700), (64, 20_000)]);
        LineChart.Write(_path, "A <title>", "clients", "events/s", [line]);

        var svg = XDocument.Load(_path).Root!;
        Assert.Equal(3, svg.Descendants().Count(element => element.Name.LocalName == "circle"));
        Assert.Contains(svg.Descendants(), element => element.Value == "measured & simulated");
    }

    [Fact]
    public void A_part_of_a_document_is_replaced_and_the_rest_left_alone()
    {
        File.WriteAllText(_path, "before\n<!-- part -->\nold\n<!-- /part -->\nafter\n");
        var table = new Table("name", "value");
        table.Add("one", 1234.0);

        Document.Write(_path, "part", table.ToString());

        Assert.Equal("before\n<!-- part -->\n| name | value |\n| --- | ---: |\n| one | 1,234 |\n<!-- /part -->\nafter\n", File.ReadAllText(_path));
        Assert.Throws<InvalidDataException>(() => Document.Write(_path, "other", ""));
    }

    public void Dispose() => File.Delete(_path);
}
