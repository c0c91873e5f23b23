using System.Diagnostics.Metrics;

namespace UserOrder.OrderApi.KnownUsers;

/// <summary>Counts the look-ups at UserApi, and logs once when UserApi stops or starts to answer.</summary>
internal sealed partial class UserLookups
{
    private readonly Counter<long> _lookups;
    private readonly ILogger<UserLookups> _logger;
    private readonly Lock _lock = new();
    private bool _isUnavailable;

    public UserLookups(IMeterFactory meters, ILogger<UserLookups> logger)
    {
        _logger = logger;
        _lookups = meters.Create("UserOrder.OrderApi").CreateCounter<long>(
            "userorder.user_lookups", "{lookup}", "Look-ups at UserApi of users that this service did not know yet, by their result.");
    }

    public void Record(UserLookup answer, string? reason = null)
    {
        _lookups.Add(1, new KeyValuePair<string, object?>("userorder.user_lookup.result", answer switch
        {
            UserLookup.Found => "found",
            UserLookup.NotFound => "not_found",
            UserLookup.Refused => "refused",
            _ => "unavailable",
        }));

        // The entries must have the order of the changes, or the last one might be of an earlier state.
        lock (_lock)
        {
            var isUnavailable = answer == UserLookup.Unavailable;
            if (isUnavailable && !_isUnavailable)
            {
                LogUnavailable(reason);
            }
            else if (!isUnavailable && _isUnavailable)
            {
                LogAvailable();
            }

            _isUnavailable = isUnavailable;
        }
    }

    [LoggerMessage(61, LogLevel.Warning, "UserApi is out of reach: {Reason}")]
    private partial void LogUnavailable(string? reason);

    [LoggerMessage(62, LogLevel.Information, "UserApi answers again")]
    private partial void LogAvailable();
}
