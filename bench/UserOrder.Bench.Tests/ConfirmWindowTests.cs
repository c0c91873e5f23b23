using UserOrder.Bench.Broker;

namespace UserOrder.Bench.Tests;

public sealed class ConfirmWindowTests
{
    private readonly ConfirmWindow _window = new();

    [Fact]
    public void A_confirm_of_several_counts_those_that_were_open()
    {
        Assert.Equal(3, _window.Settle(3, multiple: true));
        Assert.Equal(2, _window.Settle(5, multiple: true));
        Assert.Equal(0, _window.Settle(5, multiple: true));
    }

    [Fact]
    public void Confirms_may_come_in_any_order()
    {
        Assert.Equal(1, _window.Settle(4, multiple: false));
        Assert.Equal(1, _window.Settle(2, multiple: false));
        Assert.Equal(2, _window.Settle(3, multiple: true));
        Assert.Equal(1, _window.Settle(5, multiple: false));
        Assert.Equal(1, _window.Settle(6, multiple: true));
    }

    [Fact]
    public void A_message_is_counted_once()
    {
        Assert.Equal(1, _window.Settle(1, multiple: false));
        Assert.Equal(0, _window.Settle(1, multiple: false));
        Assert.Equal(1, _window.Settle(3, multiple: false));
        Assert.Equal(0, _window.Settle(3, multiple: false));
        Assert.Equal(1, _window.Settle(2, multiple: false));
    }
}
