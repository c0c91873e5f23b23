using System.ComponentModel.DataAnnotations;
using UserOrder.ApiDefaults.Validation;

namespace UserOrder.UserApi.Users;

/// <summary>A user to be.</summary>
public sealed record CreateUserRequest
{
    /// <summary>1 to 200 characters, not all of them blank, no control characters.</summary>
    [Required]
    [Characters(200, MinimumLength = 1)]
    [RegularExpression(@"[^\p{Cc}]*", ErrorMessage = "The name must not have control characters.")]
    public string Name { get; init; } = "";

    /// <summary>An address of at most 320 characters. No two users have the same one, ignoring case.</summary>
    [Required]
    [Characters(320)]
    [RegularExpression(EmailPattern, ErrorMessage = "The email must be an address such as ada@example.com.")]
    public string Email { get; init; } = "";

    // What is before the @ has at most 64 characters and what is behind it at most 255 (RFC 5321, section 4.5.3.1). Only a mail that
    // arrives proves more.
    private const string EmailPattern = @"[^\s@\p{Cc}]{1,64}@(?=.{1,255}$)[^\s@.\p{Cc}]+(\.[^\s@.\p{Cc}]+)*";
}
