using System.Reflection;
using ArchUnitNET.Loader;
using ArchUnitNET.xUnitV3;
using Microsoft.Extensions.Hosting;
using UserOrder.Messaging.Testing;
using static ArchUnitNET.Fluent.Slices.SliceRuleDefinition;

namespace UserOrder.Tests.Architecture;

/// <summary>The namespaces of an assembly form layers: no namespace depends on itself through another one.</summary>
public sealed class NamespaceTests
{
    public static TheoryData<string> Assemblies { get; } =
    [
        NameOf(typeof(MessagingExtensions).Assembly),
        NameOf(typeof(MessagingHttpExtensions).Assembly),
        NameOf(typeof(DbContextExtensions).Assembly),
        NameOf(typeof(HandlerHarness).Assembly),
        NameOf(typeof(ServiceDefaultsExtensions).Assembly),
        NameOf(typeof(ApiDefaultsExtensions).Assembly),
        NameOf(typeof(UserApi.Users.UserCreated).Assembly),
        NameOf(typeof(OrderApi.Orders.OrderPlaced).Assembly),
    ];

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void Namespaces_form_no_cycle(string assembly)
    {
        var architecture = new ArchLoader().LoadAssembly(Assembly.Load(assembly)).Build();

        Slices().Matching("UserOrder.(**)").Should().BeFreeOfCycles().Check(architecture);
    }

    private static string NameOf(Assembly assembly) => assembly.GetName().Name!;
}
