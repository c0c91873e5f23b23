using RabbitMQ.Client;

namespace UserOrder.Tests.Properties;

/// <summary>A message, with <c>{guid}</c> and <c>{entity}</c> in place of the ids of event and entity, which it gets when it is sent.</summary>
/// <param name="IsThroughExchange">Where the exchange routes it; else it goes to the queue directly.</param>
/// <param name="Body">The body as octets.</param>
/// <param name="Properties">Its AMQP properties, all but the message id.</param>
/// <param name="MustTakeEffect">It is an event by the contract, and is not given a time to expire.</param>
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
