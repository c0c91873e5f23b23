namespace UserOrder.Tests.Properties;

/// <summary>A request with placeholders such as <c>{user}</c>, which are filled in when it is sent.</summary>
internal sealed record HttpInput(string Service, string Method, string Target, IReadOnlyList<string> Headers, string Body)
{
    /// <summary>The request as octets.</summary>
    public string Render(Func<string, string> fill)
    {
        var body = fill(Body);
        var headers = Headers.Select(header => $"{fill(header)}\r\n");
        return $"{Method} {fill(Target)} HTTP/1.1\r\n{string.Concat(headers)}Connection: close\r\n" +
            $"Content-Length: {body.Length}\r\n\r\n{body}";
    }

    public IEnumerable<HttpInput> Smaller() =>
    [
        .. Headers.Select(header => this with { Headers = [.. Headers.Where(other => other != header)] }),
        .. Octets.Smaller(Body).Select(body => this with { Body = body }),
    ];

    public override string ToString() =>
        $"{Service}: {Octets.Show($"{Method} {Target} | {string.Join(" | ", Headers)}")} | {Octets.Show(Body)}";
}
