using System.Net;
using Bookinfo.Load;
using Bookinfo.Traffic;

namespace Bookinfo.Verification.Tests;

/// <summary>Sends the usual mix of requests, and keeps a ledger.</summary>
internal static class KnownRun
{
    private const int Connections = 8;

    /// <summary>Longer than any answer takes: what is answered is known.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static async Task SendAsync(Uri page, string ledger, int requests, double rate, ulong traceSeed)
    {
        var token = TestContext.Current.CancellationToken;
        var target = new LoadTarget(page, [IPAddress.Loopback], insecure: false);
        var traffic = new BookinfoTraffic(target, [], traceSeed, Patience, BookinfoAnswers.Usual, TimeProvider.System);
        var plan = new LoadPlan(
            target, await traffic.UsualAsync(token), new ConstantProfile(rate, requests / rate), ArrivalProcess.Even, Seed: 1, traceSeed,
            Connections, Patience);
        await using var writer = new LedgerWriter(new FileStream(ledger, FileMode.Create), plan, "test");
        await new LoadEngine(plan, [writer], TimeProvider.System).RunAsync(traffic.Samples, token, token);
        await writer.EndAsync(token);
    }
}
