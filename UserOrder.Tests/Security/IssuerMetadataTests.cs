using Microsoft.Extensions.Time.Testing;
using Microsoft.IdentityModel.Protocols;
using UserOrder.ApiDefaults.Security;

namespace UserOrder.Tests.Security;

/// <summary>The fetch of the issuer's metadata.</summary>
public sealed class IssuerMetadataTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly Issuer _issuer = new();
    private readonly IssuerMetadata _metadata;

    public IssuerMetadataTests() => _metadata = new IssuerMetadata(_time);

    [Fact]
    public async Task A_failure_counts_for_five_seconds_and_its_reason_is_repeated()
    {
        _issuer.Failure = new IOException("Connection refused");
        Assert.Equal("Connection refused", (await Assert.ThrowsAsync<IOException>(GetAsync)).Message);
        _issuer.Failure = null;

        _time.Advance(IssuerMetadata.FailureLifetime - TimeSpan.FromMilliseconds(1));
        Assert.Equal(
            "The issuer did not answer a moment ago: Connection refused", (await Assert.ThrowsAsync<IOException>(GetAsync)).Message);
        Assert.Equal(1, _issuer.Requests);

        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal("https://issuer.example", await GetAsync());
        Assert.Equal("https://issuer.example", await GetAsync());
        Assert.Equal(3, _issuer.Requests);
    }

    [Fact]
    public async Task A_silent_issuer_is_given_up_after_three_seconds()
    {
        _issuer.IsSilent = true;
        var fetch = GetAsync();
        _time.Advance(TimeSpan.FromSeconds(3) - TimeSpan.FromMilliseconds(1));
        Assert.False(fetch.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(1));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => fetch);
        await Assert.ThrowsAsync<IOException>(GetAsync);
    }

    [Fact]
    public async Task The_end_of_the_caller_ends_its_fetch()
    {
        _issuer.IsSilent = true;
        using var caller = new CancellationTokenSource();
        var fetch = _metadata.GetConfigurationAsync("https://issuer.example", _issuer, caller.Token);

        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => fetch);
    }

    private async Task<string> GetAsync() =>
        (await _metadata.GetConfigurationAsync("https://issuer.example", _issuer, TestContext.Current.CancellationToken)).Issuer;

    private sealed class Issuer : IDocumentRetriever
    {
        public int Requests { get; private set; }

        public Exception? Failure { get; set; }

        public bool IsSilent { get; set; }

        public async Task<string> GetDocumentAsync(string address, CancellationToken cancel)
        {
            Requests++;
            if (IsSilent)
            {
                await Task.Delay(Timeout.Infinite, cancel);
            }

            return Failure is null ? """{"issuer":"https://issuer.example"}""" : throw Failure;
        }
    }
}
