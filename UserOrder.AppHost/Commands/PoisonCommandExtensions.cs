using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;

namespace UserOrder.AppHost.Commands;

/// <summary>Lets a developer see a dead letter.</summary>
internal static class PoisonCommandExtensions
{
    private const string Exchange = "user-order.events";
    private const string EventType = "order.placed.v1";

    /// <summary>Adds a command that publishes a message which no service can read, in run mode only.</summary>
    public static void WithPoisonCommand(this IResourceBuilder<RabbitMQServerResource> broker)
    {
        if (!broker.ApplicationBuilder.ExecutionContext.IsRunMode)
        {
            return;
        }

        broker.WithCommand(
            "send-poison",
            "Send a poison message",
            async context =>
            {
                using var client = context.Services.GetRequiredService<IHttpClientFactory>().CreateClient();
                var password = await broker.Resource.PasswordParameter.GetValueAsync(context.CancellationToken);
                client.DefaultRequestHeaders.Authorization =
                    new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"guest:{password}")));
                using var response = await client.PostAsJsonAsync<JsonNode>(
                    $"{broker.GetEndpoint("management").Url}/api/exchanges/%2F/{Exchange}/publish",
                    new JsonObject
                    {
                        ["properties"] = new JsonObject { ["delivery_mode"] = 2, ["content_type"] = "application/cloudevents+json" },
                        ["routing_key"] = EventType,
                        ["payload"] = "This is no event.",
                        ["payload_encoding"] = "string",
                    },
                    context.CancellationToken);
                response.EnsureSuccessStatusCode();
                var answer = await response.Content.ReadFromJsonAsync<JsonNode>(context.CancellationToken);
                return answer?["routed"]?.GetValue<bool>() == true
                    ? CommandResults.Success("The message is on its way to the dead letters of user-api.")
                    : CommandResults.Failure("No queue takes the message: user-api has not declared its own yet.");
            },
            new CommandOptions { IconName = "Bug", UpdateState = CommandState.OfHealth });
    }
}
