namespace UserOrder.Tests.Faults;

/// <summary>The findings of an audit.</summary>
internal sealed class AuditResult
{
    private const int Shown = 20;

    private readonly List<string> _findings = [];

    /// <summary>The number of entities or effects that are missing although the client received 201.</summary>
    public int Lost { get; private set; }

    /// <summary>The number of entities or effects that exist more than once.</summary>
    public int Duplicated { get; private set; }

    public int Findings => _findings.Count;

    public void AddLost(string finding)
    {
        Lost++;
        _findings.Add($"lost: {finding}");
    }

    public void AddDuplicated(string finding)
    {
        Duplicated++;
        _findings.Add($"duplicated: {finding}");
    }

    public void AddWrong(string finding) => _findings.Add(finding);

    public override string ToString() =>
        string.Join(Environment.NewLine, _findings.Take(Shown).Append($"{_findings.Count} findings, {Lost} lost, {Duplicated} duplicated"));
}
