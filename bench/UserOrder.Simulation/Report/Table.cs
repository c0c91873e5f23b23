using System.Text;

namespace UserOrder.Simulation.Report;

/// <summary>A Markdown table. Columns after the first are numbers, so they are aligned to the right.</summary>
internal sealed class Table(params string[] columns)
{
    private readonly StringBuilder _text = new(
        $"| {string.Join(" | ", columns)} |\n| --- |{string.Concat(Enumerable.Repeat(" ---: |", columns.Length - 1))}\n");

    /// <summary>Adds a row. Whole numbers are enough for what is here, but for small ones.</summary>
    public void Add(params object[] cells) => _text.Append("| ").AppendJoin(" | ", cells.Select(Text)).Append(" |\n");

    public override string ToString() => _text.ToString();

    private static string Text(object cell) => cell switch
    {
        double number when Math.Abs(number) < 10 => FormattableString.Invariant($"{number:0.0}"),
        double number => FormattableString.Invariant($"{number:#,0}"),
        IFormattable other => other.ToString(null, System.Globalization.CultureInfo.InvariantCulture),
        _ => cell.ToString() ?? "",
    };
}
