namespace UserOrder.ManifestRunner.Manifest;

/// <summary>Which characters a generated value consists of; all kinds are allowed unless the manifest switches one off.</summary>
internal sealed record GenerationRule
{
    /// <summary>The least length, in characters.</summary>
    public required int MinLength { get; init; }

    public bool Lower { get; init; } = true;

    public bool Upper { get; init; } = true;

    public bool Numeric { get; init; } = true;

    public bool Special { get; init; } = true;

    public int MinLower { get; init; }

    public int MinUpper { get; init; }

    public int MinNumeric { get; init; }

    public int MinSpecial { get; init; }
}
