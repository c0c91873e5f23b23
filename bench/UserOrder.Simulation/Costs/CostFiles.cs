using System.Text.Json;
using System.Text.Json.Serialization;

namespace UserOrder.Simulation.Costs;

/// <summary>The files of numbers: <c>costs.json</c>, which the model computes with, and <c>measured.json</c>, which it is held against.</summary>
internal static class CostFiles
{
    /// <exception cref="IOException">There is no such file.</exception>
    /// <exception cref="JsonException">A number is missing.</exception>
    public static CostModel ReadCosts(string path) => JsonSerializer.Deserialize(File.ReadAllBytes(path), CostJson.Default.CostModel)!;

    /// <exception cref="IOException">There is no such file.</exception>
    /// <exception cref="JsonException">A number is missing.</exception>
    public static MeasuredRuns ReadRuns(string path) => JsonSerializer.Deserialize(File.ReadAllBytes(path), CostJson.Default.MeasuredRuns)!;

    public static void Write(string path, CostModel costs) => Write(path, JsonSerializer.Serialize(costs, CostJson.Default.CostModel));

    public static void Write(string path, MeasuredRuns runs) => Write(path, JsonSerializer.Serialize(runs, CostJson.Default.MeasuredRuns));

    private static void Write(string path, string json) => File.WriteAllText(path, json + "\n");
}

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web, WriteIndented = true, RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(CostModel))]
[JsonSerializable(typeof(MeasuredRuns))]
internal sealed partial class CostJson : JsonSerializerContext;
