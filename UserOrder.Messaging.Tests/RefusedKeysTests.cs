using Microsoft.Extensions.Time.Testing;
using UserOrder.Messaging.Outbox;

namespace UserOrder.Messaging.Tests;

public sealed class RefusedKeysTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly RefusedKeys _keys;

    public RefusedKeysTests() => _keys = new RefusedKeys(_time);

    [Theory]
    [InlineData(0, 100)]
    [InlineData(1, 200)]
    [InlineData(5, 3_200)]
    [InlineData(6, 5_000)]
    [InlineData(1_000_000, 5_000)]
    public void A_key_waits_longer_after_each_attempt(int attempts, int milliseconds)
    {
        _keys.Add("a", attempts);

        _time.Advance(TimeSpan.FromMilliseconds(milliseconds - 1));
        Assert.Equal(["a"], _keys.Keys);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Empty(_keys.Keys);
    }

    [Fact]
    public void No_more_than_a_thousand_keys_wait()
    {
        for (var i = 0; i < 1_001; i++)
        {
            _keys.Add($"{i}", attempts: 0);
        }

        Assert.Equal(1_000, _keys.Keys.Count);
    }
}
