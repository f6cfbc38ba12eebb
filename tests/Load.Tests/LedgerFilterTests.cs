namespace Bookinfo.Load.Tests;

/// <summary>The conditions of <c>ledger --where</c>.</summary>
public sealed class LedgerFilterTests
{
    [Theory]
    [InlineData("status")]
    [InlineData("status>")]
    [InlineData("status~500")]
    [InlineData("status>=500ms")]
    [InlineData("status>=x")]
    [InlineData("latency>50")]
    [InlineData("latency>50min")]
    [InlineData("latency>-1ms")]
    [InlineData("error>none")]
    [InlineData(">=500")]
    [InlineData("STATUS=1")]
    [InlineData("")]
    public void What_is_no_condition_is_none(string text) => Assert.Null(LedgerFilter.TryParse(text));

    [Theory]
    [InlineData("status=200")]
    [InlineData("latency>=1.5ms")]
    [InlineData("due<10s")]
    [InlineData("reviews>100us")]
    [InlineData("error=no answer in time")]
    [InlineData("path=/productpage?u=test")]
    public void What_is_one_is_one(string text) => Assert.NotNull(LedgerFilter.TryParse(text));
}
