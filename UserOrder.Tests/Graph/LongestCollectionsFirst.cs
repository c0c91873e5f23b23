using UserOrder.Tests.Graph;
using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(LongestCollectionsFirst))]

namespace UserOrder.Tests.Graph;

/// <summary>Starts the tests of the two running graphs first. They take the longest.</summary>
public sealed class LongestCollectionsFirst : ITestCollectionOrderer
{
    /// <inheritdoc/>
    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection =>
        [.. testCollections.OrderByDescending(collection =>
            collection.TestCollectionDisplayName is GraphTests.Name or DisturbedGraphTests.Name)];
}
