using System.Security.Cryptography;
using System.Text;
using RabbitMQ.Client;

namespace UserOrder.Messaging.DeadLetters;

/// <summary>A dead letter that an operation holds, unacknowledged.</summary>
internal sealed class DeadLetter(string queue, BasicGetResult message)
{
    private const int IdBytes = 16;

    /// <summary>
    /// The same at every call and in every replica, because it is made of what does not change: the queue, the message id and the body.
    /// Copies of one message share it.
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
