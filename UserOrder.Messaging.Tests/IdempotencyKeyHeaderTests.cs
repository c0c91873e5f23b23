using UserOrder.Messaging.AspNetCore;
using UserOrder.Messaging.Idempotency;

namespace UserOrder.Messaging.Tests;

public sealed class IdempotencyKeyHeaderTests
{
    private static readonly IdempotencyKeyHeaderAttribute Header = new();

    [Theory]
    [InlineData("8e03978e-40d5-43dd-bc93-6894a57f9324", "8e03978e-40d5-43dd-bc93-6894a57f9324")]
    [InlineData("\"8e03978e-40d5-43dd-bc93-6894a57f9324\"", "8e03978e-40d5-43dd-bc93-6894a57f9324")]
    [InlineData("k", "k")]
    [InlineData("\"a, b\"", "a, b")]
    [InlineData("\"a\\\"b\\\\c\"", "a\"b\\c")]
    [InlineData("a\"b\\c", "a\"b\\c")]
    [InlineData("!~", "!~")]
    [InlineData("\" ~\"", " ~")]
    public void A_key_is_the_same_with_and_without_quotes(string header, string key)
    {
        Assert.True(Header.IsValid(header));
        Assert.Equal(key, IdempotencyKey.Parse(header));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("\"")]
    [InlineData("\"\"")]
    [InlineData("\"a")]
    [InlineData("a b")]
    [InlineData("a,b")]
    [InlineData("\"a\",\"b\"")]
    [InlineData("\"a\"; b=c")]
    [InlineData("\"a\\b\"")]
    [InlineData("\"a\\\"")]
    [InlineData("\"a\tb\"")]
    [InlineData("\"a\u007fb\"")]
    [InlineData("a\u007f")]
    [InlineData("clé")]
    [InlineData("\"clé\"")]
    public void An_invalid_key_is_refused(string header)
    {
        Assert.False(Header.IsValid(header));
        Assert.Null(IdempotencyKey.Parse(header));
    }

    [Fact]
    public void A_key_has_at_most_255_characters_not_counting_quotes_and_escapes()
    {
        Assert.True(Header.IsValid(new string('k', 255)));
        Assert.True(Header.IsValid($"\"{string.Concat(Enumerable.Repeat("\\\"", 255))}\""));
        Assert.False(Header.IsValid(new string('k', 256)));
        Assert.False(Header.IsValid($"\"{new string('k', 256)}\""));
    }

    [Fact]
    public void Two_requests_are_the_same_if_key_caller_and_parsed_body_are()
    {
        var first = Key("k", "ada", "tea");

        Assert.Equal(("POST /things", "ada\tk"), (first.Operation, first.Value));
        Assert.Equal("k", Key("k", null, "tea").Value);
        Assert.Equal(first.Value, Key("\"k\"", "ada", "tea").Value);
        Assert.Equal(first.Fingerprint.ToArray(), Key("k", "ada", "tea").Fingerprint.ToArray());
        Assert.NotEqual(first.Fingerprint.ToArray(), Key("k", "ada", "milk").Fingerprint.ToArray());
        Assert.Equal("header", Assert.Throws<ArgumentException>(() => Key("a b", "ada", "tea")).ParamName);

        static IdempotencyKey Key(string header, string? caller, string thing) =>
            IdempotencyKey.From("POST /things", header, caller, new Thing(thing), Thing.Happened.Json);
    }

    [Fact]
    public void A_request_without_the_header_is_valid() => Assert.True(Header.IsValid(null));
}
