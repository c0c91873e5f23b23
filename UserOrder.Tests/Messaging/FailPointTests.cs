using System.Text;
using UserOrder.Messaging.Resilience;

namespace UserOrder.Tests.Messaging;

/// <summary>A shipped library must not contain fail points.</summary>
public sealed class FailPointTests
{
    [Theory]
    [InlineData(null, false)]
    [InlineData("FailPoints", true)]
    public void Only_the_FailPoints_build_contains_fail_points(string? configuration, bool isKillable)
    {
        var library = typeof(FailPoint).Assembly.GetName().Name;
        var file = Path.Combine(Repository.OutputOf("UserOrder.UserApi", configuration), $"{library}.dll");

        Assert.Equal(isKillable, File.ReadAllBytes(file).AsSpan().IndexOf(Encoding.Unicode.GetBytes("USERORDER_FAIL_POINT_FILE")) >= 0);
    }
}
