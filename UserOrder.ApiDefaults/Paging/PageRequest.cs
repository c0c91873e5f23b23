using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;

namespace UserOrder.ApiDefaults.Paging;

/// <summary>Which page of a list to answer with, as <c>[AsParameters]</c>.</summary>
/// <param name="After">The last id of the previous page; null for the first page.</param>
/// <param name="Limit">The most items. Nullable, because the request delegate generator would otherwise bind a text without a number to 0.</param>
public sealed record PageRequest(
    [FromQuery(Name = "after"), Description("The next of the page before; left out for the first page.")] Guid? After,
    [FromQuery(Name = "limit"), Range(1, 100)] int? Limit = PageRequest.DefaultLimit)
{
    private const int DefaultLimit = 20;

    /// <summary>The limit, or its default.</summary>
    public int Size => Limit ?? DefaultLimit;
}
