using Microsoft.Extensions.Time.Testing;
using UserOrder.Messaging.AspNetCore.Operators;

namespace UserOrder.Messaging.Tests;

public sealed class StatusFeedTests : IDisposable
{
    private static readonly OperatorStatus Status =
        new("things", "1", "here", default, default, null, [], new OutboxState("events", 0, 0, false, false, 0, 0, null), [], null);

    private readonly FakeTimeProvider _time = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly StatusFeed _feed;
    private int _readings;

    public StatusFeedTests() => _feed = new StatusFeed(Read, _time, _stopping.Token);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task All_streams_share_a_reading_each_second()
    {
        var streams = Enumerable.Range(0, 5).Select(_ => _feed.ReadAsync(Cancelled).GetAsyncEnumerator(Cancelled)).ToList();
        foreach (var stream in streams)
        {
            Assert.True(await stream.MoveNextAsync());
        }

        Assert.Equal(5, _readings);
        for (var second = 1; second <= 3; second++)
        {
            var next = streams.Select(stream => stream.MoveNextAsync().AsTask()).ToList();
            Assert.All(next, pending => Assert.False(pending.IsCompleted));
            _time.Advance(TimeSpan.FromSeconds(1));
            Assert.All(await Task.WhenAll(next), Assert.True);
            Assert.Equal(5 + second, _readings);
        }

        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(8, _readings);
    }

    [Fact]
    public async Task The_stop_of_the_service_ends_a_stream_at_once()
    {
        await using var stream = _feed.ReadAsync(Cancelled).GetAsyncEnumerator(Cancelled);
        Assert.True(await stream.MoveNextAsync());
        var next = stream.MoveNextAsync();

        await _stopping.CancelAsync();

        Assert.False(await next);
    }

    [Fact]
    public async Task A_stream_ends_after_its_longest_time()
    {
        await using var stream = _feed.ReadAsync(Cancelled).GetAsyncEnumerator(Cancelled);
        Assert.True(await stream.MoveNextAsync());

        _time.Advance(StatusFeed.MaxLength);

        Assert.False(await stream.MoveNextAsync());
    }

    [Fact]
    public void Further_streams_wait_for_a_free_place()
    {
        var places = Enumerable.Range(0, StatusFeed.MaxStreams).Select(_ => _feed.TryOpen()).ToList();
        Assert.All(places, Assert.NotNull);
        Assert.Null(_feed.TryOpen());

        places[0]!.Dispose();
        places[0]!.Dispose();

        Assert.NotNull(_feed.TryOpen());
        Assert.Null(_feed.TryOpen());
    }

    public void Dispose() => _stopping.Dispose();

    private OperatorStatus Read()
    {
        _readings++;
        return Status;
    }
}
