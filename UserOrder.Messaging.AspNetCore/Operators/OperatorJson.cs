using System.Net.ServerSentEvents;
using System.Text.Json;
using System.Text.Json.Serialization;
using UserOrder.Messaging.Pausing;

namespace UserOrder.Messaging.AspNetCore.Operators;

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    AllowDuplicateProperties = false,
    MaxDepth = 16,
    NumberHandling = JsonNumberHandling.Strict)]
[JsonSerializable(typeof(AuditOverview))]
[JsonSerializable(typeof(bool?))]
[JsonSerializable(typeof(EventSearchResult))]
[JsonSerializable(typeof(OperatorStatus))]
[JsonSerializable(typeof(PauseOverview))]
[JsonSerializable(typeof(PauseState))]
[JsonSerializable(typeof(SseItem<OperatorStatus>))]
internal sealed partial class OperatorJson : JsonSerializerContext;
