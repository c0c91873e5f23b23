using System.Net.ServerSentEvents;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace UserOrder.Messaging.AspNetCore.Operators;

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    AllowDuplicateProperties = false,
    MaxDepth = 16,
    NumberHandling = JsonNumberHandling.Strict)]
[JsonSerializable(typeof(EventWhereabouts))]
[JsonSerializable(typeof(OperatorStatus))]
[JsonSerializable(typeof(SseItem<OperatorStatus>))]
internal sealed partial class OperatorJson : JsonSerializerContext;
