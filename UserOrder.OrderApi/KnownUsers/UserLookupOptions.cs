using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace UserOrder.OrderApi.KnownUsers;

/// <summary>The limit of look-ups at UserApi, from the configuration section <c>Limits</c>.</summary>
internal sealed class UserLookupOptions
{
    public const string Section = "Limits";

    /// <summary>The default. A caller needs a look-up only before a user's event arrives.</summary>
    public const int Usual = 50;

    /// <summary>
    /// The look-ups per second that one caller causes; an order beyond them is answered <c>429</c>. All callers share the requests that
    /// UserApi grants this service. 0 means no limit. Default: 50 when the service requires access tokens; no limit when it is open.
    /// </summary>
    [Range(0, 1_000_000)]
    public int? UserLookupsPerSecond { get; set; }
}

[OptionsValidator]
internal sealed partial class UserLookupOptionsValidator : IValidateOptions<UserLookupOptions>;
