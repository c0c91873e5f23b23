namespace UserOrder.Messaging.Tests;

/// <summary>The tests that run alone, because a listener of a concurrent test lets every span allocate.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class LoneTests
{
    public const string Name = "the tests that run alone";
}
