namespace UserOrder.Bench.Broker;

/// <summary>Counts a channel's confirms, of which one may stand for several and which may come in any order.</summary>
/// <remarks>https://www.rabbitmq.com/docs/confirms#publisher-confirms-ordering.</remarks>
internal sealed class ConfirmWindow
{
    private readonly HashSet<ulong> _early = [];

    // The broker counts the messages of a channel from 1.
    private ulong _firstOpen = 1;

    /// <returns>How many messages are confirmed that were not before.</returns>
    public int Settle(ulong tag, bool multiple)
    {
        if (!multiple && tag != _firstOpen)
        {
            return tag > _firstOpen && _early.Add(tag) ? 1 : 0;
        }

        if (tag < _firstOpen)
        {
            return 0;
        }

        var settled = (int)(tag + 1 - _firstOpen) - _early.RemoveWhere(early => early <= tag);
        for (_firstOpen = tag + 1; _early.Remove(_firstOpen); _firstOpen++)
        {
        }

        return settled;
    }
}
