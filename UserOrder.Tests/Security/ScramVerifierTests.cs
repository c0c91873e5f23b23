using UserOrder.Messaging.Database;

namespace UserOrder.Tests.Security;

/// <summary>The integration tests show that a server accepts a verifier, because each service logs in with one.</summary>
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

    /// <summary>Uses the salt and the password of the example in RFC 7677.</summary>
    [Fact]
    public void The_same_password_and_salt_give_the_same_verifier()
    {
        var salt = Convert.FromBase64String("W22ZaJ0SNY7soEsUEjb6gQ==");

        Assert.Equal(ScramVerifier.Of("pencil", salt), ScramVerifier.Of("pencil", salt));
        Assert.Contains(":W22ZaJ0SNY7soEsUEjb6gQ==$", ScramVerifier.Of("pencil", salt), StringComparison.Ordinal);
    }
}
