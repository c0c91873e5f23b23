using FsCheck;
using FsCheck.Fluent;

namespace UserOrder.Tests.Properties;

/// <summary>Generates requests to every endpoint of both services, most of them nearly valid, and malformed HTTP.</summary>
internal static class ArbitraryHttp
{
    private static readonly Gen<string> Services = Gen.Elements("user-api", "order-api");

    private static readonly Gen<string> Methods = Gen.Frequency(
        (6, Gen.Elements("GET")),
        (4, Gen.Elements("PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "CONNECT", "QUERY", "post", "BREW")),
        (2, Gen.Elements("POST")));

    private static readonly Gen<string> Ids = Gen.Elements(
        "{user}", "{order}", "{guid}", "{GUID}", "%7B{guid}%7D", "({guid})", "{guid}0", "00000000-0000-0000-0000-000000000000", "5", "-1",
        "ada", "%00", "%ff",
        "%2e%2e", "..", "%F0%9F%99%82", "{user}%00", "{user}/", "{user}/orders", "null", "'or'1'='1", "%");

    private static readonly Gen<string> Parameters =
        from name in Gen.Elements("after", "limit", "userId", "Limit", "x", "", "%00")
        from value in Gen.OneOf(
            Ids,
            Gen.Elements(
                "", "1", "20", "100", "0", "-1", "101", "2147483647", "2147483648", "99999999999999999999", "1.5", "1e1", "%20", "%D9%A1",
                "0x1", "+1"))
        select $"{name}={value}";

    private static readonly Gen<string> Paths =
        from version in Gen.Elements("/v1", "", "", "/V1", "/v2", "/", "//")
        from name in Gen.Elements("/users", "/orders", "/Users", "/users/", "/%75sers", "/user")
        from id in Gen.OneOf(Gen.Constant(""), Ids.Select(id => $"/{id}"))
        select version + name + id;

    private static readonly Gen<string> OtherPaths = Gen.Elements(
        "/alive", "/health", "/openapi/v1.json", "/openapi/v2.json", "/nowhere", "/", "/swagger", "*", "http://a/v1/users");

    private static readonly Gen<string> Targets =
        from path in Gen.Frequency((8, Paths), (2, OtherPaths))
        from parameters in Gen.OneOf(Gen.Constant(Array.Empty<string>()), Parameters.ArrayOf().Resize(3))
        select parameters.Length == 0 ? path : $"{path}?{string.Join('&', parameters)}";

    /// <summary>JSON with several parameters, of which any may be a charset.</summary>
    private static readonly Gen<string> JsonWithParameters =
        from type in Gen.Elements("application/json", "application/problem+json", "APPLICATION/JSON")
        from parameters in (
            from name in Gen.Elements("charset", "CharSet", "x", "charset*", "q")
            from value in Gen.Elements("utf-8", "\"UTF-8\"", "utf-7", "\"utf-16\"", "nonsense", "\"\"", "", "utf-8''utf-7", "0")
            select $";{name}={value}").ArrayOf().Resize(3)
        select $"Content-Type: {type}{string.Concat(parameters)}";

    private static readonly Gen<string> ContentTypes = Gen.Frequency(
        (12, Gen.Constant("Content-Type: application/json")),
        (3, JsonWithParameters),
        (3, Gen.Elements(
            "Content-Type: application/json; charset=utf-8", "Content-Type: application/json; charset=utf-16",
            "Content-Type: application/json; charset=utf-7",
            "Content-Type: application/json; charset=nonsense", "Content-Type: application/json; charset=\"\"",
            "Content-Type: application/json; charset=iso-8859-1",
            "Content-Type: application/vnd.api+json", "Content-Type: text/json", "Content-Type: text/plain",
            "Content-Type: application/x-www-form-urlencoded",
            "Content-Type: multipart/form-data; boundary=x", "Content-Type: ;;;", "Content-Type: */*", "Content-Type:",
            "X-No-Content-Type: x")));

    private static readonly Gen<string> HeaderValues = Gen.Elements(
        "", " ", "1", "\"\"", "\"a\"", "\"a", "a,b", "*/*", "text/html", "application/xml;q=1", ";q=x", "gzip", "identity, br", "chunked",
        "\t", "\xc3\xa9", "\xff\xfe", "{guid}",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "00-00000000000000000000000000000000-0000000000000000-00", "00-zz",
        "ff-", "a=1,b=2", "\"=\",\"=\"",
        "\xc3\xa9=\xc3\xa9", "bytes=0-", "Thu, 01 Jan 1970 00:00:00 GMT", "100-continue", "websocket", "127.0.0.1", new string('k', 300),
        new string('"', 8000), new string('h', 20_000));

    private static readonly Gen<string> OddHeaders =
        from name in Gen.Elements(
            "Idempotency-Key", "traceparent", "tracestate", "baggage", "Correlation-Context", "Request-Id", "Accept", "Accept-Encoding",
            "Accept-Charset", "Accept-Language",
            "Content-Encoding", "Expect", "Range", "If-Match", "If-None-Match", "If-Modified-Since", "X-Forwarded-For", "X-Forwarded-Proto",
            "X-HTTP-Method-Override", "Origin",
            "Access-Control-Request-Method", "Authorization", "Cookie", "Upgrade", "Date", "x")
        from value in HeaderValues
        select $"{name}: {value}";

    private static readonly Gen<string> Headers = Gen.Frequency(
        (2, OddHeaders),
        (1, Gen.Elements(
            "Accept: text/html", "Accept: application/xml, text/*;q=0.5", "Accept: x", "Expect: 100-continue", "Content-Encoding: gzip",
            "tracestate: \xc3\xa9=\xc3\xa9",
            $"Idempotency-Key: {new string('k', 300)}", "Idempotency-Key:", "Idempotency-Key: \"{guid}\"", "Idempotency-Key: \xc3\xa9",
            "Idempotency-Key: \xff")));

    private static readonly Gen<string> Hosts = Gen.Frequency(
        (20, Gen.Constant("Host: localhost")),
        (1, Gen.Elements("Host:", "Host: ", "Host: a b", "Host: [::1]:0", "Host: localhost:99999", "Host: \xc3\xa9", "X-No-Host: x")));

    private static readonly Gen<string> Users = ArbitraryJson.Objects(
        ("name", Gen.Elements(
            "\"Ada Lovelace\"",
            "\"\\ud83d\\ude42 \\u202e\\uffff\"",
            "\"\\\"\\\\/\\u00e9\\u0301\"",
            Octets.OfUtf8("\"Ünï 🙂 𐏿 <script>'\u2028\""),
            Octets.OfUtf8($"\"{string.Concat(Enumerable.Repeat("🙂", 200))}\""))),
        ("email", Gen.Elements(
            "\"{guid}@example.com\"",
            "\"\\u00df{guid}@EXAMPLE.com\"",
            Octets.OfUtf8("\"İ{guid}@exämple.com\""),
            "\"'{guid}\\\"+<>@a\"")));

    private static readonly Gen<string> Items = ArbitraryJson.Objects(
        ("sku", Gen.Elements("\"tea\"", "\"\\ud83d\\ude42\"", Octets.OfUtf8("\"ẞ\u0301\u200d\""), $"\"{new string('s', 64)}\"")),
        ("quantity", Gen.Elements("1", "2", "1000")),
        ("unitPrice", Gen.Elements("1.25", "0", "-0", "1.10", "1e1", "999999999.99", "0.10000000000000000000000000000001")));

    private static readonly Gen<string> Orders = ArbitraryJson.Objects(
        ("userId", Gen.Frequency(
            (6, Gen.Constant("\"{user}\"")),
            (1, Gen.Elements("\"{guid}\"", "\"{USER}\"", "\"00000000-0000-0000-0000-000000000000\"")))),
        ("items", Gen.OneOf(Gen.Elements("[]", "null"), Items.ArrayOf().Resize(3).Select(items => $"[{string.Join(',', items)}]"))));

    private static readonly Gen<string> Bodies = Gen.Frequency(
        (10, Users),
        (10, Orders),
        (2, ArbitraryJson.Values),
        (1, ArbitraryJson.Bytes),
        (1, Gen.Constant("")),
        (1, AroundTheLimit()));

    /// <summary>Requests that are valid HTTP, though most clients would not send them.</summary>
    public static Gen<HttpInput> Requests { get; } = Gen.OneOf(
        Any(), Posts("user-api", "/v1/users", "/users", Users), Posts("order-api", "/v1/orders", "/orders", Orders));

    /// <summary>Octets of such requests, cut, spliced and changed.</summary>
    public static Gen<StreamInput> Streams { get; } = Gen.Frequency(
        (6, ChangedRequests()),
        (2, from service in Services from body in Chunked() select new StreamInput(service, body)),
        (1, from service in Services from bytes in ArbitraryJson.Bytes select new StreamInput(service, bytes)));

    private static Gen<StreamInput> ChangedRequests() =>
        from request in Requests
        from changed in Changed(request.Render(text => text))
        select new StreamInput(request.Service, changed);

    private static Gen<HttpInput> Any() =>
        from service in Services
        from method in Methods
        from target in Targets
        from host in Hosts
        from type in ContentTypes
        from headers in Headers.ArrayOf().Resize(3)
        from body in Gen.OneOf(Gen.Constant(""), Bodies)
        select new HttpInput(service, method, target, [host, type, .. headers], body);

    private static Gen<HttpInput> Posts(string service, string path, string alias, Gen<string> expected) =>
        from target in Gen.Elements(path, path, alias)
        from type in ContentTypes
        from headers in Gen.Frequency((2, Gen.Constant(Array.Empty<string>())), (1, Headers.ArrayOf().Resize(3)))
        from body in Gen.Frequency((5, expected), (1, Bodies))
        select new HttpInput(service, "POST", target, ["Host: localhost", type, .. headers], body);

    private static Gen<string> AroundTheLimit() =>
        from size in Gen.Elements(65_535, 65_536, 65_537, 70_000, 300_000)
        from body in Gen.OneOf(Users, Orders, Gen.Constant(""))
        select body.PadRight(size);

    private static string ManyHeaders => string.Concat(Enumerable.Repeat("x: y\r\n", 200));

    private static Gen<string> Changed(string octets)
    {
        var place = Gen.Choose(0, octets.Length - 1);
        return Gen.OneOf(
            from cut in place select octets[..cut],
            from at in place from junk in ArbitraryJson.Bytes select octets.Insert(at, junk),
            from at in place from octet in Gen.Choose(0, 255) select $"{octets[..at]}{(char)octet}{octets[(at + 1)..]}",
            from length in Gen.Elements("-1", "5", "65536", "65537", "99999999999999999999", "1, 2", "0x5", "")
            select octets.Replace("Content-Length: ", $"Content-Length: {length}", StringComparison.Ordinal),
            from line in Gen.Elements(
                "Content-Length: 5\r\n", "Transfer-Encoding: chunked\r\n", "Transfer-Encoding: gzip\r\n", "Host: other\r\n",
                " folded\r\n", "no colon\r\n", ": \r\n", "a\0b: c\r\n", "x: \n\r\n")
            select octets.Replace("Connection: close\r\n", line, StringComparison.Ordinal),
            from version in Gen.Elements("HTTP/1.0", "HTTP/2.0", "HTTP/9.9", "HTTP/1.1 ", "http/1.1", "")
            select octets.Replace("HTTP/1.1", version, StringComparison.Ordinal),
            Gen.Constant(octets.Replace("Connection: close\r\n", "", StringComparison.Ordinal) + octets),
            Gen.Constant(octets.Replace("\r\n", "\n", StringComparison.Ordinal)),
            Gen.Constant(octets.Replace("Connection: close\r\n", ManyHeaders, StringComparison.Ordinal)),
            Gen.Constant(octets.Replace(" HTTP/1.1", $"{new string('p', 20_000)} HTTP/1.1", StringComparison.Ordinal)));
    }

    private static Gen<string> Chunked() =>
        from target in Gen.Elements("/v1/users", "/v1/orders")
        from body in Gen.OneOf(Users, Orders)
        from chunks in Gen.OneOf(
            Gen.Elements(
                $"{body.Length:x}\r\n{body}\r\n0\r\n\r\n", $"{body.Length:x};a=\"b\"\r\n{body}\r\n0\r\nTrailer: x\r\n\r\n",
                $"-1\r\n{body}\r\n0\r\n\r\n", $"ffffffffffffffff\r\n{body}",
                $"{body.Length:x}\n{body}\n0\n\n", $"{body.Length + 5:x}\r\n{body}\r\n0\r\n\r\n", $"zz\r\n{body}\r\n0\r\n\r\n",
                $"{body.Length:x}\r\n{body}", "0\r\n\r\nGET"),
            from size in Gen.Elements(65_536, 65_537, 200_000) select $"{size:x}\r\n{body.PadRight(size)[..size]}\r\n0\r\n\r\n")
        select $"POST {target} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n" +
            $"Connection: close\r\n\r\n{chunks}";
}
