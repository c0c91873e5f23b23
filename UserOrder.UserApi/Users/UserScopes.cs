namespace UserOrder.UserApi.Users;

/// <summary>The scopes of the users' API.</summary>
internal static class UserScopes
{
    /// <summary>Read the caller's own user.</summary>
    public const string Read = "users:read";

    /// <summary>Create users, for the service that signs users up: a new user has no owner yet.</summary>
    public const string Write = "users:write";
}
