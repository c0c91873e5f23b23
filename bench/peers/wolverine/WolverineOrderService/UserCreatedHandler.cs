using Peer.Wolverine.Events;

namespace Peer.Wolverine.OrderService;

/// <summary>Remembers the user, in the transaction that marks the message as handled in the inbox.</summary>
public static class UserCreatedHandler
{
    public static void Handle(UserCreated created, OrderContext orders) => orders.KnownUsers.Add(new KnownUser { Id = created.Id });
}
