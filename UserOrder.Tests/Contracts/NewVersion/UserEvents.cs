using System.Text.Json;
using System.Text.Json.Serialization;
using UserOrder.Messaging.Events;

namespace UserOrder.Tests.Contracts.NewVersion;

/// <summary>The data of the first version.</summary>
internal sealed record UserCreatedV1(Guid Id, string Name, string Email, DateTimeOffset CreatedAt)
{
    public static readonly EventType<UserCreatedV1> Type = new("user.created.v1", UserEventJson.Default.UserCreatedV1);
}

/// <summary>The data of the second version, which splits the name into two fields.</summary>
internal sealed record UserCreatedV2(Guid Id, string GivenName, string FamilyName, string Email, DateTimeOffset CreatedAt)
{
    public static readonly EventType<UserCreatedV2> Type = new("user.created.v2", UserEventJson.Default.UserCreatedV2);
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(UserCreatedV1))]
[JsonSerializable(typeof(UserCreatedV2))]
internal sealed partial class UserEventJson : JsonSerializerContext;
