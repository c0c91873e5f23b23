using System.Text.Json;
using Microsoft.Extensions.Options;
using UserOrder.Messaging.Consumer;
using UserOrder.Messaging.DeadLetters;
using UserOrder.Messaging.Events;
using UserOrder.Messaging.Settings;

namespace UserOrder.Messaging.AspNetCore;

/// <summary>Checks an edited event: by its schemas, by its size, and by reading it as the consumer of its queue does.</summary>
internal sealed class CorrectionChecker(IEnumerable<EventCheck> checks, EventSchemas schemas, IOptions<MessagingOptions> options)
{
    private const string Whole = "/";
    private const int MaxErrors = 50;

    /// <summary>Checks an edited event.</summary>
    /// <param name="queue">A queue of this service.</param>
    /// <param name="json">The event.</param>
    /// <param name="body">The same as text.</param>
    /// <param name="editor">The operator's subject; null if the service knows no callers.</param>
    /// <returns>The correction; or null and the reasons, each under the JSON pointer of its place.</returns>
    public (Correction? Correction, Dictionary<string, string[]> Errors) Check(
        string queue, JsonElement json, ReadOnlyMemory<byte> body, string? editor)
    {
        var check = checks.First(known => known.Queue == queue);
        var errors = schemas.Check(check.Type, json).ToList();
        Guid? id = null;
        try
        {
            id = check.ReadId(body);
        }
        catch (UnreadableEventException exception)
        {
            errors.Add((Whole, exception.Message));
        }

        if (body.Length > options.Value.MaxMessageBytes)
        {
            errors.Add((Whole, $"The event has {body.Length} bytes; at most {options.Value.MaxMessageBytes} are allowed."));
        }

        return errors is [] && id is { } eventId
            ? (new Correction(eventId, check.Type, body, editor), [])
            : (null, errors.Take(MaxErrors)
                .GroupBy(error => error.Place is "" ? Whole : error.Place, error => error.Violation)
                .ToDictionary(place => place.Key, place => place.Distinct().ToArray()));
    }
}
