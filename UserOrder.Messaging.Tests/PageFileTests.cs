using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using UserOrder.Messaging.AspNetCore.Operators;

namespace UserOrder.Messaging.Tests;

/// <summary>The files of the operators' page keep to its policy.</summary>
public sealed partial class PageFileTests
{
    private static readonly IReadOnlyList<PageFile> Files = PageFile.ReadAll();

    public static TheoryData<string> Names { get; } = [.. Files.Select(file => file.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_file_is_served_with_a_strict_policy_and_revalidated(string name)
    {
        var (context, body) = await WriteAsync(name);

        Assert.Equal(StatusCodes.Status200OK, context.Response.StatusCode);
        Assert.NotEmpty(body);
        var headers = context.Response.Headers;
        var policy = $"{headers.ContentSecurityPolicy}";
        Assert.StartsWith("default-src 'none'; script-src 'self'; style-src 'self'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", headers.XContentTypeOptions);

        var (again, nothing) = await WriteAsync(name, headers.ETag);
        Assert.Equal(StatusCodes.Status304NotModified, again.Response.StatusCode);
        Assert.Empty(nothing);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_file_names_existing_files_only_and_makes_no_text_to_markup(string name)
    {
        var (_, body) = await WriteAsync(name);

        foreach (var reference in Reference().Matches(body).Select(match => match.Groups["file"].Value))
        {
            Assert.Contains(reference, Files.Select(file => file.Name));
        }

        Assert.DoesNotMatch(Forbidden(), body);
    }

    private static async Task<(HttpContext Context, string Body)> WriteAsync(string name, string? tag = null)
    {
        using var body = new MemoryStream();
        var context = new DefaultHttpContext
        {
            RequestServices = new ServiceCollection().AddLogging().BuildServiceProvider(),
            Response = { Body = body },
        };
        context.Request.Method = HttpMethods.Get;
        context.Request.Headers.IfNoneMatch = tag;
        await Files.Single(file => file.Name == name).WriteAsync(context);
        return (context, System.Text.Encoding.UTF8.GetString(body.ToArray()));
    }

    [GeneratedRegex("""(from "\./|(src|href)="page/)(?<file>[^"]+)""")]
    private static partial Regex Reference();

    /// <summary>Inline code, other hosts but for the namespace of SVG, and every way to parse text as HTML or code.</summary>
    [GeneratedRegex(
        "innerHTML|outerHTML|insertAdjacentHTML|document\\.write|DOMParser|\\beval\\b|new Function|<style|style=| on\\w+=\"" +
        "|<script(?! type=\"module\" src)|https?://(?!www\\.w3\\.org/2000/svg)|localStorage|sessionStorage|cookie")]
    private static partial Regex Forbidden();
}
