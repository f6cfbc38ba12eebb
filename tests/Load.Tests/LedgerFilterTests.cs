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

    [Fact]
    public void Each_kind_of_request_has_a_name_and_one_of_a_later_version_its_number() => Assert.Equal(
        ["path", "visitor", "user", "api", "asset", "setup", "200"],
        Enum.GetValues<RequestKind>().Append((RequestKind)200).Select(RequestKindName.Of));
}
