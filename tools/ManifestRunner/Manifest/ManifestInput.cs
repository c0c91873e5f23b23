namespace UserOrder.ManifestRunner.Manifest;

/// <summary>A value that whoever deploys the manifest has to supply, unless it has a default.</summary>
internal sealed record ManifestInput
{
    public bool Secret { get; init; }

    public InputDefault? Default { get; init; }

    /// <summary>Either a fixed value or the rule by which one is generated.</summary>
    internal sealed record InputDefault(string? Value, GenerationRule? Generate);
}
