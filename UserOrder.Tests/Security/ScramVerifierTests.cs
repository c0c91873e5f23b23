using UserOrder.Messaging.Database;

namespace UserOrder.Tests.Security;

/// <summary>That a server takes one is proved by every service that logs in to the graph.</summary>
public sealed class ScramVerifierTests
{
    [Fact]
    public void A_verifier_contains_no_password_and_has_a_random_salt()
    {
        var verifier = ScramVerifier.Of("open sesame");

        Assert.StartsWith("SCRAM-SHA-256$4096:", verifier, StringComparison.Ordinal);
        Assert.DoesNotContain("sesame", verifier, StringComparison.Ordinal);
        Assert.NotEqual(verifier, ScramVerifier.Of("open sesame"));
    }

    /// <summary>The example of RFC 7677, as far as that goes: its salt and password.</summary>
    [Fact]
    public void The_same_password_and_salt_give_the_same_verifier()
    {
        var salt = Convert.FromBase64String("W22ZaJ0SNY7soEsUEjb6gQ==");

        Assert.Equal(ScramVerifier.Of("pencil", salt), ScramVerifier.Of("pencil", salt));
        Assert.Contains(":W22ZaJ0SNY7soEsUEjb6gQ==$", ScramVerifier.Of("pencil", salt), StringComparison.Ordinal);
    }
}
