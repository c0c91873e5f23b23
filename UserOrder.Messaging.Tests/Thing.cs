using System.Text.Json;
using System.Text.Json.Serialization;
using UserOrder.Messaging.Events;

namespace UserOrder.Messaging.Tests;

/// <summary>The data of a test event that no service publishes.</summary>
internal sealed record Thing([property: JsonRequired] string Name)
{
    public static readonly EventType<Thing> Happened = new("thing.happened.v1", ThingJson.Default.Thing);
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(Thing))]
internal sealed partial class ThingJson : JsonSerializerContext;
