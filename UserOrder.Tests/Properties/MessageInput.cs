using RabbitMQ.Client;

namespace UserOrder.Tests.Properties;

/// <summary>A message with the placeholders <c>{guid}</c> and <c>{entity}</c> for the ids of the event and the entity.</summary>
/// <param name="IsThroughExchange">Whether it is published to the exchange, in contrast to the queue.</param>
/// <param name="Body">The body as octets.</param>
/// <param name="Properties">The AMQP properties without the message id.</param>
/// <param name="MustTakeEffect">Whether it is a valid event that cannot expire.</param>
internal sealed record MessageInput(bool IsThroughExchange, string Body, BasicProperties Properties, bool MustTakeEffect)
{
    public IEnumerable<MessageInput> Smaller() => MustTakeEffect
        ? Plain()
        : [.. Plain(), .. Octets.Smaller(Body).Select(body => this with { Body = body })];

    public override string ToString()
    {
        var headers = Properties.Headers?.Select(header => $"{header.Key}={Show(header.Value)}") ?? [];
        return $"{(IsThroughExchange ? "exchange" : "queue")}, {Octets.Show(Body)}, {string.Join(", ", headers)}";
    }

    private IEnumerable<MessageInput> Plain()
    {
        if (Properties.Headers is not null)
        {
            yield return this with { Properties = new BasicProperties() };
        }
    }

    private static string Show(object? value) => value switch
    {
        null => "null",
        byte[] bytes => Octets.Show(System.Text.Encoding.Latin1.GetString(bytes)),
        string text => Octets.Show(text),
        _ => $"{value.GetType().Name} {value}",
    };
}
