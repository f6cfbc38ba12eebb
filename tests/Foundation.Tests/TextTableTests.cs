namespace Bookinfo.Foundation.Tests;

/// <summary>Tables of text in a narrow terminal.</summary>
public sealed class TextTableTests
{
    [Fact]
    public void A_table_that_does_not_fit_loses_nothing()
    {
        var table = new TextTable("NAME", ">COUNT", "PLACE");
        table.Add("short", "1", "here");
        table.Add("short", "20", "a place with a long name");

        Assert.Equal(
            ["NAME   COUNT  PLACE", "short      1  here", "short     20  a place with a long name"],
            table.Format(80).SelectMany(row => row));
        Assert.Equal(
            ["NAME   COUNT  PLACE", "short      1  here", "short     20", "    a place with a long name"],
            table.Format(20).SelectMany(row => row));
    }
}
