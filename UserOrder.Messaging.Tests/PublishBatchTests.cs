using UserOrder.Messaging.Outbox;

namespace UserOrder.Messaging.Tests;

public sealed class PublishBatchTests
{
    private const ulong FirstTag = 11;

    private static readonly List<OutgoingMessage> Messages = OutgoingMessage.Pack(
        [.. Enumerable.Range(0, 4).Select(_ => new OutboxMessage(Guid.CreateVersion7(), "user.created.v1", [], null, null))],
        maxEvents: 1,
        OutgoingMessage.MaxBatchBytes);

    private readonly PublishBatch _batch = new(Messages, FirstTag);

    [Fact]
    public async Task A_multiple_confirm_settles_all_messages_up_to_its_tag()
    {
        _batch.Settle(FirstTag + 1, multiple: true, PublishOutcome.Confirmed);
        Assert.False(_batch.Outcomes.IsCompleted);
        _batch.Settle(FirstTag + 3, multiple: true, PublishOutcome.Rejected);

        await AssertOutcomesAsync(PublishOutcome.Confirmed, PublishOutcome.Confirmed, PublishOutcome.Rejected, PublishOutcome.Rejected);
    }

    [Fact]
    public async Task Single_confirms_settle_messages_in_any_order()
    {
        foreach (var offset in new ulong[] { 2, 0, 3, 1 })
        {
            Assert.False(_batch.Outcomes.IsCompleted);
            _batch.Settle(FirstTag + offset, multiple: false, offset == 3 ? PublishOutcome.Rejected : PublishOutcome.Confirmed);
        }

        await AssertOutcomesAsync(PublishOutcome.Confirmed, PublishOutcome.Confirmed, PublishOutcome.Confirmed, PublishOutcome.Rejected);
    }

    [Fact]
    public async Task A_multiple_confirm_does_not_change_settled_messages()
    {
        _batch.Settle(FirstTag, multiple: false, PublishOutcome.Rejected);
        _batch.Settle(FirstTag + 3, multiple: true, PublishOutcome.Confirmed);

        await AssertOutcomesAsync(PublishOutcome.Rejected, PublishOutcome.Confirmed, PublishOutcome.Confirmed, PublishOutcome.Confirmed);
    }

    [Fact]
    public async Task A_multiple_confirm_settles_the_messages_before_one_that_was_settled_alone()
    {
        _batch.Settle(FirstTag + 2, multiple: false, PublishOutcome.Rejected);
        _batch.Settle(FirstTag + 3, multiple: true, PublishOutcome.Confirmed);

        await AssertOutcomesAsync(PublishOutcome.Confirmed, PublishOutcome.Confirmed, PublishOutcome.Rejected, PublishOutcome.Confirmed);
    }

    [Fact]
    public async Task A_multiple_confirm_beyond_the_batch_settles_all_of_it()
    {
        _batch.Settle(FirstTag + 9, multiple: true, PublishOutcome.Confirmed);

        await AssertOutcomesAsync(PublishOutcome.Confirmed, PublishOutcome.Confirmed, PublishOutcome.Confirmed, PublishOutcome.Confirmed);
    }

    [Fact]
    public async Task A_returned_message_stays_returned_after_its_confirm()
    {
        _batch.Return(Messages[1].Id.ToString());
        _batch.Settle(FirstTag + 3, multiple: true, PublishOutcome.Confirmed);

        await AssertOutcomesAsync(PublishOutcome.Confirmed, PublishOutcome.Returned, PublishOutcome.Confirmed, PublishOutcome.Confirmed);
    }

    [Fact]
    public async Task Unconfirmed_messages_of_a_lost_channel_are_unknown()
    {
        _batch.Settle(FirstTag + 1, multiple: false, PublishOutcome.Confirmed);
        _batch.Abandon();
        _batch.Settle(FirstTag + 3, multiple: true, PublishOutcome.Confirmed);

        await AssertOutcomesAsync(PublishOutcome.Unknown, PublishOutcome.Confirmed, PublishOutcome.Unknown, PublishOutcome.Unknown);
    }

    [Fact]
    public async Task A_confirm_of_an_earlier_batch_settles_nothing()
    {
        _batch.Settle(FirstTag - 1, multiple: true, PublishOutcome.Confirmed);
        _batch.Abandon();

        await AssertOutcomesAsync(PublishOutcome.Unknown, PublishOutcome.Unknown, PublishOutcome.Unknown, PublishOutcome.Unknown);
    }

    private async Task AssertOutcomesAsync(params PublishOutcome[] expected)
    {
        Assert.True(_batch.Outcomes.IsCompleted);
        Assert.Equal(expected, await _batch.Outcomes);
    }
}
