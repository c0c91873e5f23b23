using System.Text.Json;
using System.Text.Json.Serialization;
using UserOrder.Messaging.Events;

namespace UserOrder.OrderApi.KnownUsers;

/// <summary>The part of a user's event that this service reads.</summary>
internal sealed record UserCreated
{
    public static readonly EventType<UserCreated> V1 = new("user.created.v1", KnownUserJson.Default.UserCreated);

    public required Guid Id { get; init; }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, MaxDepth = 16)]
[JsonSerializable(typeof(UserCreated))]
internal sealed partial class KnownUserJson : JsonSerializerContext;
