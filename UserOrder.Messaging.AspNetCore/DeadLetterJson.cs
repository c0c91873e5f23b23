using System.Text.Json;
using System.Text.Json.Serialization;
using UserOrder.Messaging.DeadLetters;

namespace UserOrder.Messaging.AspNetCore;

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    AllowDuplicateProperties = false,
    MaxDepth = 16,
    NumberHandling = JsonNumberHandling.Strict)]
[JsonSerializable(typeof(DeadLetterDetails))]
[JsonSerializable(typeof(DeadLetterPage))]
[JsonSerializable(typeof(DeadLetterOverview))]
[JsonSerializable(typeof(DiscardResult))]
[JsonSerializable(typeof(JsonElement))]
[JsonSerializable(typeof(ReplayResult))]
internal sealed partial class DeadLetterJson : JsonSerializerContext;
