using System.Buffers.Binary;

namespace UserOrder.Tests.Observability;

/// <summary>A field of a message: the bytes of a text or a nested message, or a number.</summary>
internal sealed record ProtobufField(int Number, ReadOnlyMemory<byte> Bytes, ulong Value);

/// <summary>Reads the wire format of protocol buffers.</summary>
/// <remarks>https://protobuf.dev/programming-guides/encoding/.</remarks>
internal static class Protobuf
{
    public static IEnumerable<ProtobufField> Read(ReadOnlyMemory<byte> message)
    {
        while (!message.IsEmpty)
        {
            var tag = Varint(ref message);
            var number = (int)(tag >> 3);
            switch (tag & 7)
            {
                case 0:
                    yield return new ProtobufField(number, default, Varint(ref message));
                    break;
                case 1:
                    yield return new ProtobufField(number, default, BinaryPrimitives.ReadUInt64LittleEndian(Take(ref message, 8).Span));
                    break;
                case 2:
                    yield return new ProtobufField(number, Take(ref message, (int)Varint(ref message)), default);
                    break;
                case 5:
                    yield return new ProtobufField(number, default, BinaryPrimitives.ReadUInt32LittleEndian(Take(ref message, 4).Span));
                    break;
                default:
                    throw new InvalidDataException($"The field {number} has an unknown wire type.");
            }
        }
    }

    private static ulong Varint(ref ReadOnlyMemory<byte> message)
    {
        var value = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            var next = Take(ref message, 1).Span[0];
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }
    }

    private static ReadOnlyMemory<byte> Take(ref ReadOnlyMemory<byte> message, int count)
    {
        var taken = message[..count];
        message = message[count..];
        return taken;
    }
}
