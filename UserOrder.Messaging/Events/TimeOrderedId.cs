using System.Buffers.Binary;
using System.Security.Cryptography;

namespace UserOrder.Messaging.Events;

/// <summary>Creates UUIDs of version 7, which sort by their creation time.</summary>
/// <remarks>
/// https://www.rfc-editor.org/rfc/rfc9562#section-5.7. <see cref="Guid.CreateVersion7(DateTimeOffset)"/> asks the operating system for the
/// random bits of each id. This class asks for the bits of many ids at once, because a request creates two.
/// </remarks>
public static class TimeOrderedId
{
    private const int RandomBytes = 10;
    private static readonly TimeSpan Overlap = TimeSpan.FromMinutes(1);

    [ThreadStatic]
    private static byte[]? _random;

    [ThreadStatic]
    private static int _used;

    /// <summary>Creates an id.</summary>
    /// <param name="time">The creation time, which the id stores in whole milliseconds since 1970.</param>
    /// <exception cref="ArgumentOutOfRangeException">The time is before 1970.</exception>
    public static Guid New(DateTimeOffset time)
    {
        var milliseconds = time.ToUnixTimeMilliseconds();
        ArgumentOutOfRangeException.ThrowIfNegative(milliseconds, nameof(time));

        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(bytes, milliseconds << 16);
        TakeRandom(bytes[6..]);
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x70);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }

    /// <summary>
    /// The smallest id of the time one minute before another id's. A reader that continues there misses no entry, unless a commit took
    /// longer than a minute less the difference between the replicas' clocks.
    /// </summary>
    /// <param name="id">The newest id that the reader has seen.</param>
    public static Guid OneMinuteBefore(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        var milliseconds = (long)(BinaryPrimitives.ReadUInt64BigEndian(bytes) >> 16);
        bytes.Clear();
        BinaryPrimitives.WriteInt64BigEndian(bytes, Math.Max(0, milliseconds - (long)Overlap.TotalMilliseconds) << 16);
        bytes[6] = 0x70;
        bytes[8] = 0x80;
        return new Guid(bytes, bigEndian: true);
    }

    /// <summary>The creation time that an id of version 7 stores.</summary>
    internal static DateTimeOffset TimeOf(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        var milliseconds = (long)(BinaryPrimitives.ReadUInt64BigEndian(bytes) >> 16);

        // The 48 bits reach beyond the year 9999.
        return DateTimeOffset.FromUnixTimeMilliseconds(Math.Min(milliseconds, DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()));
    }

    private static void TakeRandom(Span<byte> destination)
    {
        if (_random is null || _used + RandomBytes > _random.Length)
        {
            _random ??= new byte[100 * RandomBytes];
            RandomNumberGenerator.Fill(_random);
            _used = 0;
        }

        _random.AsSpan(_used, RandomBytes).CopyTo(destination);
        _used += RandomBytes;
    }
}
