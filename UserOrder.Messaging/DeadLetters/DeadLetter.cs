using System.Security.Cryptography;
using System.Text;
using RabbitMQ.Client;

namespace UserOrder.Messaging.DeadLetters;

/// <summary>A dead letter that an operation has fetched and not acknowledged.</summary>
internal sealed class DeadLetter(string queue, BasicGetResult message)
{
    private const int IdBytes = 16;

    /// <summary>
    /// A hash of the queue, the message id and the body. Every call and every replica computes the same id, and copies of one message share
    /// it.
    /// </summary>
    public string Id { get; } = IdOf(queue, message);

    public ulong Tag => message.DeliveryTag;

    public IReadOnlyBasicProperties Properties => message.BasicProperties;

    public ReadOnlyMemory<byte> Body => message.Body;

    private static string IdOf(string queue, BasicGetResult message)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{queue}\0{message.BasicProperties.MessageId}\0"));
        hash.AppendData(message.Body.Span);
        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, IdBytes));
    }
}
