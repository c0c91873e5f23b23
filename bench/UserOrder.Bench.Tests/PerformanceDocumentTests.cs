using UserOrder.Bench.Report;

namespace UserOrder.Bench.Tests;

public sealed class PerformanceDocumentTests
{
    [Fact]
    public void Only_what_is_between_the_markers_is_replaced() => Assert.Equal(
        "<!-- other:begin -->\n<!-- other:end -->\n<!-- bench:begin -->\n\n| new |\n\n<!-- bench:end -->\n\nprose\n",
        PerformanceDocument.Replace(
            "<!-- other:begin -->\n<!-- other:end -->\n<!-- bench:begin -->\nold\n<!-- bench:end -->\n\nprose\n", "bench", "| new |\n"));

    [Theory]
    [InlineData("# Performance")]
    [InlineData("<!-- bench:end --> <!-- bench:begin -->")]
    [InlineData("<!-- other:begin --> <!-- other:end -->")]
    public void A_document_without_markers_is_left_alone(string document) =>
        Assert.Throws<BenchException>(() => PerformanceDocument.Replace(document, "bench", "| new |\n"));
}
