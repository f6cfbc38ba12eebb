namespace Bookinfo.Verification.Tests;

/// <summary>The table of sabotages in docs/verify.md is whole.</summary>
public sealed class SabotageTableTests
{
    [Fact]
    public void It_has_a_row_for_each_sabotage_and_no_other() => Assert.Equal(
        Rows("metrics", PrometheusSourceTests.Sabotages).Concat(Rows("traces", AspireSpansTests.Sabotages))
            .Append(("traces", SpanSabotage.Twins.Name)).Concat(LogSourceTests.Sabotages.Select(name => ("logs", name)))
            .Concat(Rows("alerts", AlertVerificationTests.Sabotages)).Order(),
        SabotageTable.Read().Order());

    private static IEnumerable<(string Signal, string Sabotage)> Rows(string signal, TheoryData<string> names) =>
        names.Select(row => (signal, row.Data));
}
