using System.Text;

namespace UserOrder.Tests.Properties;

/// <summary>Bytes as text with one character each, so that generated input can be cut, spliced and shown in a failure message.</summary>
internal static class Octets
{
    public static string OfUtf8(string text) => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));

    public static byte[] ToBytes(string octets) => Encoding.Latin1.GetBytes(octets);

    /// <summary>The octets with escapes, cut to a readable length.</summary>
    public static string Show(string octets)
    {
        var shown = new StringBuilder();
        foreach (var octet in octets.Take(400))
        {
            shown.Append(octet is >= ' ' and <= '~' ? octet.ToString() : $"\\x{(int)octet:x2}");
        }

        return octets.Length > 400 ? $"{shown}… ({octets.Length} bytes)" : shown.ToString();
    }

    /// <summary>The two halves, and the octets without one of eight parts.</summary>
    public static IEnumerable<string> Smaller(string octets)
    {
        if (octets.Length == 0)
        {
            yield break;
        }

        yield return octets[..(octets.Length / 2)];
        yield return octets[(octets.Length / 2)..];
        var part = Math.Max(1, octets.Length / 8);
        for (var start = 0; start < octets.Length; start += part)
        {
            yield return octets.Remove(start, Math.Min(part, octets.Length - start));
        }
    }
}
