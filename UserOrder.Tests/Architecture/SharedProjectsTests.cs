using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Hosting;

namespace UserOrder.Tests.Architecture;

/// <summary>The shared projects know no domain terms.</summary>
public sealed partial class SharedProjectsTests
{
    private static readonly string[] DomainWords = ["user", "users", "order", "orders", "email", "emails"];

    public static TheoryData<string> Projects { get; } = new(Assemblies.Keys);

    private static Dictionary<string, Assembly> Assemblies =>
        new[] { typeof(ServiceDefaultsExtensions).Assembly, typeof(ApiDefaultsExtensions).Assembly }
            .ToDictionary(assembly => assembly.GetName().Name!);

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_shared_project_has_no_domain_word_in_its_identifiers(string project)
    {
        var identifiers = IdentifiersOf(Assemblies[project]).ToList();

        Assert.NotEmpty(identifiers);
        Assert.DoesNotContain(identifiers, HasDomainWord);
    }

    [Theory]
    [InlineData("ProblemTypes.EmailTaken")]
    [InlineData("ProblemTypes.UserApiUnavailable")]
    [InlineData("Scopes.UsersRead")]
    [InlineData("SecurityOptions.get_UserIdClaim")]
    [InlineData("OrderPlacement")]
    public void The_check_finds_a_domain_word_inside_an_identifier(string identifier) => Assert.True(HasDomainWord(identifier));

    private static bool HasDomainWord(string identifier) =>
        Words().Matches(identifier).Any(word => DomainWords.Contains(word.Value, StringComparer.OrdinalIgnoreCase));

    private static IEnumerable<string> IdentifiersOf(Assembly assembly) =>
        from type in assembly.GetTypes()
        where IsWritten(type)
        from name in type.GetMembers(
                BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly)
            .Where(IsWritten)
            .SelectMany(member => new[] { member.Name }.Concat(ParametersOf(member)))
            .Select(name => $"{type.Name}.{name}")
            .Prepend(type.Name)
        select name;

    private static IEnumerable<string> ParametersOf(MemberInfo member) =>
        member is MethodBase method ? method.GetParameters().Select(parameter => parameter.Name ?? "") : [];

    /// <summary>False for members that the compiler generates, such as closures and state machines.</summary>
    private static bool IsWritten(MemberInfo member) =>
        !member.Name.Contains('<', StringComparison.Ordinal)
        && member.DeclaringType?.Name.Contains('<', StringComparison.Ordinal) != true
        && member.GetCustomAttribute<CompilerGeneratedAttribute>() is null;

    [GeneratedRegex("[A-Z]+(?![a-z])|[A-Z]?[a-z]+")]
    private static partial Regex Words();
}
