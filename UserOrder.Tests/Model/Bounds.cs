namespace UserOrder.Tests.Model;

/// <summary>How much the exploration covers. The first events are of users, the others of their orders.</summary>
/// <param name="Users">The number of users, whose events go from UserApi to OrderApi.</param>
/// <param name="Orders">The number of orders, whose events go from OrderApi to UserApi. Each belongs to a user.</param>
internal sealed record Bounds(int Users, int Orders)
{
    private static readonly string[] ReplicaNames = ["UserApi 1", "UserApi 2", "OrderApi 1", "OrderApi 2"];

    public int Events => Users + Orders;

    public bool IsUser(int index) => index < Users;

    /// <summary>The event of the user of an order.</summary>
    public int UserOf(int order) => (order - Users) % Users;

    /// <summary>Whether a replica is one of the two that store the event's entity and publish it.</summary>
    public bool IsSender(int replica, int index) => replica < 2 == IsUser(index);

    public string NameOf(int index) => IsUser(index) ? $"user {index + 1}" : $"order {index - Users + 1}";

    public static string NameOfReplica(int replica) => ReplicaNames[replica];
}
