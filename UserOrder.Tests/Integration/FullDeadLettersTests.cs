using System.Text;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using UserOrder.Tests.Graph;

namespace UserOrder.Tests.Integration;

/// <summary>Messages that should become dead letters while their queue is full.</summary>
public sealed class FullDeadLettersTests(RunningGraph graph) : DeadLetterTest(graph)
{
    private const int Unreadable = 60;

    [Fact]
    public async Task More_unreadable_messages_than_the_prefetch_let_events_pass_and_none_is_lost()
    {
        await using var service = await StartAsync(("Messaging:QueueMaxLength", "200"), ("Messaging:Prefetch", "50"));
        var channel = await OpenChannelAsync();
        await Until.TrueAsync("the dead letters are full", () => IsRefusedAsync(channel), isRefused => isRefused);
        for (var i = 0; i < Unreadable; i++)
        {
            await channel.BasicPublishAsync("", Queue, mandatory: true, Encoding.UTF8.GetBytes($"unreadable {i}"), Cancelled);
        }

        await PublishAsync("tea", "coffee", "milk");

        await Until.EqualAsync(3, "the events took effect", () => Task.FromResult(service.Handler.Handled.Count));
        Assert.Equal($"dead letters of {Queue}: their queue is full", await DescribeBrokerAsync(service));

        await channel.QueuePurgeAsync($"{Queue}.dead", Cancelled);
        var letters = await Until.TrueAsync(
            "the unreadable messages are dead letters", () => ListAsync(service, "?limit=100"), letters => letters.Count >= Unreadable);
        Assert.Equal(
            Enumerable.Range(0, Unreadable).Select(i => $"unreadable {i}").Order(StringComparer.Ordinal),
            letters.Select(TextOf).Order(StringComparer.Ordinal));
        Assert.All(letters, letter => Assert.StartsWith(
            "The body is not a JSON CloudEvent", letter.GetProperty("reason").GetString(), StringComparison.Ordinal));
        await Until.EqualAsync("", "health has recovered", () => DescribeBrokerAsync(service));
        Assert.Equal(0u, await channel.MessageCountAsync(Queue, Cancelled));
    }

    [Fact]
    public async Task A_message_that_was_put_last_becomes_a_dead_letter_although_it_is_readable_now()
    {
        await using var service = await StartAsync();
        var channel = await OpenChannelAsync();
        var forged = new BasicProperties { Headers = new Dictionary<string, object?> { ["x-reason"] = "It was forged." } };

        await channel.BasicPublishAsync(Queue, Queue, mandatory: true, forged, EventOf("forged"), Cancelled);
        await WaitForAsync(service, 1);

        Assert.Equal("It was forged.", Assert.Single(await ListAsync(service)).GetProperty("reason").GetString());
        Assert.Empty(service.Handler.Handled);
    }

    private async Task<bool> IsRefusedAsync(IChannel channel)
    {
        try
        {
            await PublishDeadLettersAsync(channel, "old"u8.ToArray());
            return false;
        }
        catch (PublishException)
        {
            return true;
        }
    }

    private static async Task<string> DescribeBrokerAsync(DeadLetterService service)
    {
        var broker = (await GetAsync(service, "/health")).GetProperty("checks").GetProperty("broker");
        return broker.TryGetProperty("description", out var description) ? description.GetString() ?? "" : "";
    }
}
