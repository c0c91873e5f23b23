using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace UserOrder.Tests.Observability;

/// <summary>An exported span.</summary>
/// <remarks>For the field numbers see https://github.com/open-telemetry/opentelemetry-proto, trace/v1/trace.proto.</remarks>
internal sealed record OtlpSpan(
    string Service,
    string TraceId,
    string SpanId,
    string ParentId,
    string Name,
    ActivityKind Kind,
    bool IsError,
    IReadOnlyDictionary<string, string> Attributes,
    IReadOnlyList<string> Links)
{
    private const ulong StatusError = 2;

    // Indexed by OTLP's numbers, in which 0 means unspecified.
    private static readonly ActivityKind[] Kinds =
        [
            ActivityKind.Internal,
            ActivityKind.Internal,
            ActivityKind.Server,
            ActivityKind.Client,
            ActivityKind.Producer,
            ActivityKind.Consumer,
        ];

    public static IEnumerable<OtlpSpan> ReadAll(ReadOnlyMemory<byte> request) =>
        from resourceSpans in Protobuf.Read(request)
        where resourceSpans.Number == 1
        let service = ServiceOf(resourceSpans.Bytes)
        from scopeSpans in Protobuf.Read(resourceSpans.Bytes)
        where scopeSpans.Number == 2
        from span in Protobuf.Read(scopeSpans.Bytes)
        where span.Number == 2
        select Read(service, span.Bytes);

    private static string ServiceOf(ReadOnlyMemory<byte> resourceSpans)
    {
        var resources = Protobuf.Read(resourceSpans).Where(field => field.Number == 1);
        return ReadAttributes(resources.SelectMany(resource => Protobuf.Read(resource.Bytes)), number: 1)["service.name"];
    }

    private static OtlpSpan Read(string service, ReadOnlyMemory<byte> span)
    {
        var fields = Protobuf.Read(span).ToList();
        return new OtlpSpan(
            service,
            Hex(fields, 1),
            Hex(fields, 2),
            Hex(fields, 4),
            Text(fields, 5),
            Kinds[fields.Single(field => field.Number == 6).Value],
            fields.Where(field => field.Number == 15)
                .SelectMany(status => Protobuf.Read(status.Bytes))
                .Any(field => field is { Number: 3, Value: StatusError }),
            ReadAttributes(fields, number: 9),
            [.. fields.Where(field => field.Number == 13).Select(link => Hex(Protobuf.Read(link.Bytes), 2))]);
    }

    private static Dictionary<string, string> ReadAttributes(IEnumerable<ProtobufField> fields, int number) =>
        fields.Where(field => field.Number == number)
            .Select(attribute => Protobuf.Read(attribute.Bytes).ToList())
            .ToDictionary(attribute => Text(attribute, 1), attribute => AnyValue(attribute.Single(field => field.Number == 2).Bytes));

    private static string AnyValue(ReadOnlyMemory<byte> value) => Protobuf.Read(value).Single() switch
    {
        { Number: 1 } text => Encoding.UTF8.GetString(text.Bytes.Span),
        var number => number.Value.ToString(CultureInfo.InvariantCulture),
    };

    private static string Text(IEnumerable<ProtobufField> fields, int number) =>
        fields.FirstOrDefault(field => field.Number == number) is { } found ? Encoding.UTF8.GetString(found.Bytes.Span) : "";

    private static string Hex(IEnumerable<ProtobufField> fields, int number) =>
        fields.FirstOrDefault(field => field.Number == number) is { } found ? Convert.ToHexStringLower(found.Bytes.Span) : "";
}
