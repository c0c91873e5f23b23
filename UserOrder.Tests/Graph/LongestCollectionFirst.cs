using UserOrder.Tests.Graph;
using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(LongestCollectionFirst))]

namespace UserOrder.Tests.Graph;

/// <summary>Starts the tests of the running graph first. They take longer than all that run beside them.</summary>
public sealed class LongestCollectionFirst : ITestCollectionOrderer
{
    /// <inheritdoc/>
    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection =>
        [.. testCollections.OrderByDescending(collection => collection.TestCollectionDisplayName == GraphTests.Name)];
}
