using System.Text.Json.Serialization;
using UserOrder.Messaging;
using UserOrder.Messaging.Idempotency;
using UserOrder.Schedules.Tests.Scheduling;

namespace UserOrder.Schedules.Tests;

/// <summary>
/// Requests with one key to two replicas of a service have one effect and one answer. In a replica, no two write the same key at once.
/// </summary>
public sealed class IdempotentRequestsTests
{
    [Fact]
    public void Repeated_requests_have_one_effect_and_one_answer() => Exploration.Holds(RepeatAsync);

    [Fact]
    public void A_check_for_the_key_that_is_not_atomic_is_found() => Exploration.Finds(Defects.NoAtomicity, RepeatAsync, "at once");

    private static async Task RepeatAsync(Scheduler scheduler)
    {
        var database = new NpgsqlDataSource();
        var replicas = new[] { new IdempotentRequests(database), new IdempotentRequests(database) };
        var answers = new List<string>();
        var clients = Enumerable.Range(0, 4).Select(number => scheduler.Spawn($"client {number}", async () =>
        {
            // Each retries until the answer is final, as a real client does.
            for (var answer = "in flight"; answer == "in flight"; answers.Add(answer))
            {
                await scheduler.PauseAsync();
                answer = await SendAsync(scheduler, database, replicas[number % 2], body: number == 3 ? "other" : "body");
            }
        })).ToList();
        await Task.WhenAll(clients);
        answers.RemoveAll(answer => answer == "in flight");

        // Either all three of the same body were first, or the one with another body was.
        var created = answers.GroupBy(answer => answer).Where(answer => answer.Key != "reused").ToList();
        Assert.Single(created);
        Assert.Equal($"created {Assert.Single(database.Keys).Value.EntityId}", created[0].Key);
        Assert.True(created[0].Count() is 1 or 3, string.Join(", ", answers));
        Assert.Equal(4, answers.Count);
        foreach (var replica in replicas)
        {
            Assert.NotEqual("in flight", await SendAsync(scheduler, database, replica, "body"));
        }
    }

    private static Task<string> SendAsync(Scheduler scheduler, NpgsqlDataSource database, IdempotentRequests replica, string body) =>
        replica.RunAsync(
            new IdempotentRequest<Body>("create", "a-key", caller: null, new Body(body), BodyJson.Default.Body),
            key => WriteAsync(scheduler, database, replica, key!),
            id => Task.FromResult($"created {id}"),
            refusal => refusal == IdempotencyRefusal.KeyInFlight ? "in flight" : "reused",
            CancellationToken.None);

    /// <summary>Stores the key and the entity by one statement, unless another one has stored the key.</summary>
    private static async Task<string?> WriteAsync(
        Scheduler scheduler, NpgsqlDataSource database, IdempotentRequests replica, IdempotencyKey key)
    {
        Assert.True(database.Writing.Add(replica), "A replica writes the same key twice at once.");
        await scheduler.PauseAsync();
        var id = Guid.CreateVersion7();
        var isNew = database.Keys.TryAdd(key.Value, (key.Fingerprint, id));
        await scheduler.PauseAsync();
        database.Writing.Remove(replica);
        return isNew ? $"created {id}" : null;
    }
}

internal sealed record Body(string Text);

[JsonSerializable(typeof(Body))]
internal sealed partial class BodyJson : JsonSerializerContext;
