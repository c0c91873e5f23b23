using System.Text.Json;
using System.Text.Json.Serialization;
using UserOrder.Messaging.Pausing;

namespace UserOrder.Messaging.AspNetCore;

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(PauseOverview))]
[JsonSerializable(typeof(PauseState))]
internal sealed partial class PauseJson : JsonSerializerContext;
