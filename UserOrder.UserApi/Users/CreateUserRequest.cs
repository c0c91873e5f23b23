using System.ComponentModel.DataAnnotations;
using UserOrder.ApiDefaults.Validation;

namespace UserOrder.UserApi.Users;

/// <summary>The user to create.</summary>
public sealed record CreateUserRequest
{
    /// <summary>1 to 200 characters: not only blanks, no control characters.</summary>
    [Required]
    [Characters(200, MinimumLength = 1)]
    [RegularExpression(@"[^\p{Cc}]*", ErrorMessage = "The name must not have control characters.")]
    public string Name { get; init; } = "";

    /// <summary>An address of at most 320 characters. No two users have the same one, ignoring case.</summary>
    [Required]
    [Characters(320)]
    [RegularExpression(EmailPattern, ErrorMessage = "The email must be an address such as ada@example.com.")]
    public string Email { get; init; } = "";

    // The local part has at most 64 characters, the domain at most 255 (RFC 5321, section 4.5.3.1). Only a delivered mail proves more.
    private const string EmailPattern = @"[^\s@\p{Cc}]{1,64}@(?=.{1,255}$)[^\s@.\p{Cc}]+(\.[^\s@.\p{Cc}]+)*";
}
