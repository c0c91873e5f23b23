using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Npgsql;
using UserOrder.Messaging.Outbox;
using UserOrder.Messaging.Settings;

namespace UserOrder.Messaging.Tests;

public sealed class HandOverTests : IDisposable
{
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddYears(56));

    // Nothing listens there.
    private readonly NpgsqlDataSource _database = NpgsqlDataSource.Create("Host=127.0.0.1;Port=1");

    private readonly HandOver _handOver;

    public HandOverTests()
    {
        _handOver = new HandOver(_database, _time, Options.Create(new MessagingOptions { HandOverBytes = 100 }));
        _time.Advance(TimeSpan.FromHours(1));
    }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _database.Dispose();

    [Fact]
    public void There_is_room_only_while_the_relay_is_connected()
    {
        Assert.False(_handOver.HasRoom);
        _handOver.Open();
        Assert.True(_handOver.HasRoom);
        _handOver.Close();
        Assert.False(_handOver.HasRoom);
    }

    [Fact]
    public async Task A_paused_relay_gets_no_more_events_and_may_claim_those_in_memory()
    {
        _handOver.Open();
        Add(1);
        _handOver.Refuse();

        Assert.False(_handOver.HasRoom);
        Assert.Equal([1], await ClaimSizesAsync(10));
    }

    [Fact]
    public async Task There_is_room_until_the_bytes_of_the_waiting_events_reach_the_limit()
    {
        _handOver.Open();
        Add(99);
        Assert.True(_handOver.HasRoom);
        Add(1);
        Assert.False(_handOver.HasRoom);

        Assert.Equal([99, 1], await ClaimSizesAsync(10));
        Assert.True(_handOver.HasRoom);
    }

    [Fact]
    public async Task A_claim_takes_at_most_its_limit_in_the_order_of_the_commits()
    {
        _handOver.Open();
        Add(1);
        Add(2);
        Add(3);

        Assert.Equal([1, 2], await ClaimSizesAsync(2));
        Assert.Equal([3], await ClaimSizesAsync(2));
        Assert.Null(await _handOver.ClaimAsync(2, Cancelled));
    }

    [Fact]
    public async Task An_event_that_has_waited_five_seconds_is_left_to_the_outbox()
    {
        _handOver.Open();
        Add(100);
        _time.Advance(TimeSpan.FromSeconds(4));
        Add(1);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal([1], await ClaimSizesAsync(10));
        Assert.True(_handOver.HasRoom);
    }

    [Fact]
    public async Task A_lost_connection_leaves_the_waiting_events_to_the_outbox()
    {
        _handOver.Open();
        Add(100);
        _handOver.Close();
        _handOver.Open();

        Assert.True(_handOver.HasRoom);
        Assert.Null(await _handOver.ClaimAsync(10, Cancelled));
    }

    [Fact]
    public async Task Events_are_settled_before_their_rows_are_due_and_not_later()
    {
        _handOver.Open();
        Add(1);
        Add(1);
        await using var claim = (await _handOver.ClaimAsync(1, Cancelled))!;
        await using var late = (await _handOver.ClaimAsync(1, Cancelled))!;

        _time.Advance(_handOver.Term - TimeSpan.FromTicks(1));
        await Assert.ThrowsAsync<NpgsqlException>(() => claim.SettleAsync(claim.Rows, []));
        _time.Advance(TimeSpan.FromTicks(1));
        await late.SettleAsync(late.Rows, []);
    }

    [Fact]
    public async Task After_a_refusal_the_outbox_keeps_the_events_of_a_second()
    {
        _handOver.Open();
        Add(1);
        await using var claim = (await _handOver.ClaimAsync(1, Cancelled))!;
        _time.Advance(_handOver.Term);

        await claim.SettleAsync([], claim.Rows);
        Assert.False(_handOver.HasRoom);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(_handOver.HasRoom);
    }

    private void Add(int bytes) => _handOver.Add(
        new OutboxMessage(Guid.CreateVersion7(), "thing", new byte[bytes], TraceParent: null, TraceState: null), _time.GetTimestamp());

    private async Task<IEnumerable<int>> ClaimSizesAsync(int limit)
    {
        await using var claim = (await _handOver.ClaimAsync(limit, Cancelled))!;
        return [.. claim.Rows.Select(row => row.Message.Body.Length)];
    }
}
