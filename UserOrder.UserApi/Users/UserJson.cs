using System.Text.Json;
using System.Text.Json.Serialization;

namespace UserOrder.UserApi.Users;

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    AllowDuplicateProperties = false,
    MaxDepth = 16,
    NumberHandling = JsonNumberHandling.Strict)]
[JsonSerializable(typeof(CreateUserRequest))]
[JsonSerializable(typeof(UserCreated))]
[JsonSerializable(typeof(UserDetails))]
[JsonSerializable(typeof(UserPage))]
[JsonSerializable(typeof(UserResponse))]
internal sealed partial class UserJson : JsonSerializerContext;
