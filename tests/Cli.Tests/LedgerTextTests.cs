using Bookinfo.Cli.Views;
using Bookinfo.Load;
using Bookinfo.ToolTesting;
using Bookinfo.Traffic;

namespace Bookinfo.Cli.Tests;

/// <summary>The lines of <c>ledger</c> on terminals of any width, and in a pipe.</summary>
public sealed class LedgerTextTests
{
    private const string Path = "/api/v1/products/0/reviews?of=a-reader-with-a-long-name";

    [Theory]
    [InlineData(null, true, Path + ": reviews without ratings")]
    [InlineData(200, true, Path + ": reviews without ratings")]
    [InlineData(106, true, "/api/v1/products/0/reviews?of=a-reader-…")]
    [InlineData(105, false, "/api/v1/products/0/reviews?of=a-reader-with-a-lo…")]
    [InlineData(80, false, "/api/v1/products/0/revi…")]
    [InlineData(40, false, null)]
    public async Task A_line_fits_and_its_trace_id_is_whole(int? width, bool hasDue, string? end)
    {
        var file = System.IO.Path.GetTempFileName();
        try
        {
            await WriteAsync(file);
            using var ledger = new LedgerReader(file);
            var text = new LedgerText(width);

            var head = text.Head(ledger).Single();
            var row = new LedgerRow(ledger, ledger.Read().Single());
            var line = text.Line(row);

            Assert.InRange(head.Length, 1, width ?? int.MaxValue);
            Assert.InRange(line.Length, 1, width ?? int.MaxValue);
            Assert.Equal(hasDue, head.StartsWith("   DUE s", StringComparison.Ordinal));
            Assert.Equal(hasDue, line.StartsWith("   1.500", StringComparison.Ordinal));
            Assert.Equal(line.EndsWith('…'), text.HasCut);
            if (end is not null)
            {
                Assert.EndsWith($"  20.00     200  v2   {row.Record.Identity.TraceId}  {end}", line);
                Assert.Equal(line.IndexOf("/api", StringComparison.Ordinal), head.IndexOf("PATH", StringComparison.Ordinal));
            }
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static async Task WriteAsync(string file)
    {
        var plan = LoadRunner.Plan(new Uri("http://localhost:1"), rate: 1, seconds: 2);
        plan = plan with
        {
            Mix = new TrafficMix([(new RequestTemplate(RequestKind.Path, "localhost", Path, []), 1)], BookinfoAnswers.Usual),
        };
        await using var writer = new LedgerWriter(File.Create(file), plan, "test");
        writer.Started(DateTimeOffset.UnixEpoch);
        writer.Add(new Sample
        {
            Index = 1,
            Due = 1_500_000_000,
            Sent = 1_500_000_000,
            Done = 1_520_000_000,
            Status = 200,
            Version = 2,
            Error = (ErrorKind)((int)ErrorKind.FirstFlaw + BookinfoAnswers.Usual.Flaws.Index().Single(
                flaw => flaw.Item == BookinfoAnswers.FlawOf("reviews", "ratings")).Index),
            Hops = HopTimes.None,
        });
    }
}
