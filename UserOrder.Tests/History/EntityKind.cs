namespace UserOrder.Tests.History;

/// <summary>What a client asks a service to store.</summary>
internal enum EntityKind
{
    /// <summary>A user, in UserApi.</summary>
    User,

    /// <summary>An order, in OrderApi.</summary>
    Order,
}

internal static class EntityKindExtensions
{
    public static string Noun(this EntityKind kind) => kind == EntityKind.User ? "user" : "order";
}
