using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace UserOrder.Messaging.Database;

/// <summary>
/// Computes the verifier that PostgreSQL stores for a password. Sent instead of the password, it keeps the password out of the server's
/// log. Format: https://www.postgresql.org/docs/current/catalog-pg-authid.html. Keys: RFC 5802.
/// </summary>
internal static class ScramVerifier
{
    // PostgreSQL's defaults.
    private const int Iterations = 4096;
    private const int SaltBytes = 16;

    public static string Of(string password) => Of(password, RandomNumberGenerator.GetBytes(SaltBytes));

    internal static string Of(string password, byte[] salt)
    {
        var normalized = Encoding.UTF8.GetBytes(password.Normalize(NormalizationForm.FormKC));
        var salted = Rfc2898DeriveBytes.Pbkdf2(normalized, salt, Iterations, HashAlgorithmName.SHA256, SHA256.HashSizeInBytes);
        var storedKey = SHA256.HashData(HMACSHA256.HashData(salted, "Client Key"u8));
        var serverKey = HMACSHA256.HashData(salted, "Server Key"u8);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"SCRAM-SHA-256${Iterations}:{Convert.ToBase64String(salt)}$" +
            $"{Convert.ToBase64String(storedKey)}:{Convert.ToBase64String(serverKey)}");
    }
}
