using FsCheck;
using FsCheck.Fluent;
using RabbitMQ.Client;

namespace UserOrder.Tests.Properties;

/// <summary>Generates valid, broken and hostile messages.</summary>
internal static class ArbitraryMessages
{
    private static readonly Gen<string> EventIds = Gen.Elements("\"{guid}\"", "\"{GUID}\"", "\"{{guid}}\"", "\"({guid})\"");

    // Within the inbox retention at any time of a test run.
    private static readonly Gen<string> Times = Gen.Elements(
        "\"2100-01-01T00:00:00Z\"",
        "\"9999-12-31T23:59:59.9999999Z\"",
        "\"9999-12-31T09:59:59.9999999-14:00\"",
        "\"2100-01-01T00:00:00.123456789+05:45\"");

    private static readonly Gen<string> AnyTimes = Gen.OneOf(
        Times,
        Gen.Elements("\"0001-01-01T00:00:00Z\"", "\"0001-01-01T14:00:00+14:00\"", "\"1970-01-01T00:00:00-00:00\""));

    private static readonly Gen<string> OddTimes = Gen.OneOf(
        AnyTimes,
        Gen.Elements("\"2100-01-01\"", "\"2100-01-01T00:00:00\"", "\"2100-01-01T00:00Z\"", "\"2100-01-01T00:00:00 Z\""));

    private static readonly Gen<string> Texts =
        Gen.Elements("\"\\u0000\"", "\"\"", "\"\\ud83d\\ude42\"", "null", $"\"{new string('t', 70_000)}\"");

    private static readonly Gen<string> Sources = Gen.Elements("\"/a-test\"", "\"\\u0000\"", "\"https://example.com/\\u00e9\"");

    private static readonly Gen<string> TraceTexts = Gen.Elements(
        "\"\"",
        "null",
        "\"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\"",
        "\"00-zz\"",
        "\"\\u0000\"",
        $"\"{new string('=', 70_000)}\"");

    private static readonly Gen<object?> HeaderValues = Gen.Sized(size => Header(Math.Min(size, 12)));

    private static readonly Gen<KeyValuePair<string, object?>> OddHeaders =
        from name in Gen.Elements(
            "traceparent", "tracestate", "x-reason", "x-queue", "x-first-death-queue", "baggage", "", "ключ", new string('k', 255))
        from value in HeaderValues
        select KeyValuePair.Create(name, value);

    /// <summary>Messages for one queue.</summary>
    /// <param name="queue">The queue, which a message may also name as another recipient.</param>
    /// <param name="type">The event type of the queue.</param>
    /// <param name="required">The required members of <c>data</c>.</param>
    public static Gen<MessageInput> For(string queue, string type, params (string Key, Gen<string> Value)[] required)
    {
        (string Key, Gen<string> Value)[] envelope =
        [
            ("specversion", Gen.Constant("\"1.0\"")),
            ("id", EventIds),
            ("source", Sources),
            ("type", Gen.Constant($"\"{type}\"")),
            ("time", Times),
            ("subject", Texts),
            ("traceparent", TraceTexts),
            ("tracestate", TraceTexts),
        ];
        var valid = Members([.. envelope, ("data", Members(required))]);
        var mutated = ArbitraryJson.Objects(
            [.. envelope.Where(field => field.Key != "time"), ("time", OddTimes), ("data", ArbitraryJson.Objects(required))]);
        var unrelated = Gen.OneOf(ArbitraryJson.Values, ArbitraryJson.Bytes, Gen.Constant(""));
        return Gen.Frequency(
            (4, With(queue, valid, canExpire: false, mustTakeEffect: true)),
            (1, With(queue, valid, canExpire: true, mustTakeEffect: false)),
            (6, With(queue, mutated, canExpire: false, mustTakeEffect: false)),
            (2, With(queue, unrelated, canExpire: true, mustTakeEffect: false)),
            (1, With(queue, Padded(Gen.OneOf(valid, mutated)), canExpire: false, mustTakeEffect: false)),
            (1, With(queue, LongNames(valid), canExpire: false, mustTakeEffect: false)));
    }

    public static Gen<string> EntityTimes => AnyTimes;

    private static Gen<string> Members((string Key, Gen<string> Value)[] fields) =>
        from values in Gen.CollectToArray(fields, field => field.Value)
        from unknown in Gen.Elements(
            "", ",\"comexample\":{\"a\":[1,2,null]}", ",\"\\u0000\":\"\\u0000\"", ",\"a\":1,\"a\":2", ",\"a\":1e400")
        select $"{{{string.Join(',', fields.Zip(values, (field, value) => $"\"{field.Key}\":{value}"))}{unknown}}}";

    private static Gen<string> Padded(Gen<string> bodies) =>
        from size in Gen.Elements(262_143, 262_144, 262_145, 400_000)
        from body in bodies
        select body.PadRight(size);

    /// <summary>Errors below very long names: the reason of the dead letter must stay short.</summary>
    private static Gen<string> LongNames(Gen<string> bodies) =>
        from length in Gen.Elements(200, 30_000, 150_000)
        from wrong in Gen.Elements($"{new string('[', 40)}", "{\"a\"}", "1x")
        from body in bodies
        select $"{{\"{new string('n', length)}\":{wrong},{body[1..]}";

    private static Gen<MessageInput> With(string queue, Gen<string> bodies, bool canExpire, bool mustTakeEffect) =>
        from isThroughExchange in Gen.Elements(true, false)
        from body in bodies
        from properties in Properties(queue, canExpire)
        select new MessageInput(isThroughExchange, body, properties, mustTakeEffect);

    private static Gen<BasicProperties> Properties(string queue, bool canExpire) =>
        from text in Gen.Elements(null, "", "a", "application/json", "utf-16", "gzip", "amq.rabbitmq.reply-to.x", new string('p', 255))
        from other in Gen.Elements(null, "", "application/cloudevents+json", "\u0000", "🙂")
        from mode in Gen.Elements(DeliveryModes.Transient, DeliveryModes.Persistent)
        from priority in Gen.Choose(0, 255)
        from expiration in Gen.Elements(canExpire ? ["0", "1", "60000"] : new[] { null, "86400000" })
        from time in Gen.Elements(0L, 1, -1, long.MaxValue, long.MinValue)
        from headers in Gen.Frequency(
            (4, OddHeaders),
            (1, from name in Gen.Elements("CC", "BCC") select KeyValuePair.Create(name, (object?)new List<object?> { queue })))
            .ArrayOf()
            .Resize(4)
        select new BasicProperties
        {
            ContentType = other,
            ContentEncoding = text,
            CorrelationId = other,
            ReplyTo = text,
            Type = other,
            AppId = text,
            DeliveryMode = mode,
            Priority = (byte)priority,
            Expiration = expiration,
            Timestamp = new AmqpTimestamp(time),
            Headers = headers.DistinctBy(header => header.Key).ToDictionary(),
        };

    private static Gen<object?> Header(int size)
    {
        var scalars = Gen.OneOf(
            Gen.Elements<object?>(
                null, true, (byte)1, (sbyte)-1, (short)-1, (ushort)1, -1, 1u, long.MinValue, 1.5f, 1e300, 1.5m, new AmqpTimestamp(-1)),
            Gen.Elements<object?>(
                "", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "00-zz", "a=1,b=2", "🙂\u0000", new string('v', 20_000)),
            Gen.Choose(0, 255).ArrayOf().Resize(60).Select(bytes => (object?)bytes.Select(octet => (byte)octet).ToArray()));
        return size == 0
            ? scalars
            : Gen.Frequency(
                (4, scalars),
                (1, from items in Header(size / 2).ArrayOf().Resize(3) select (object?)items.ToList()),
                (1, from items in Header(size / 2).ArrayOf().Resize(3)
                    select (object?)items.Index().ToDictionary(item => $"{item.Index}", item => item.Item)),
                (1, from depth in Gen.Choose(1, 200) select Nested(depth)));
    }

    private static object? Nested(int depth)
    {
        object? value = null;
        for (var level = 0; level < depth; level++)
        {
            value = new List<object?> { value };
        }

        return value;
    }
}
