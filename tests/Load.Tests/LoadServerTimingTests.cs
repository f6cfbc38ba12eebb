using System.Globalization;
using System.Text;
using Bookinfo.Common;
using Bookinfo.ToolTesting;
using Bookinfo.Traffic;
using FsCheck;
using FsCheck.Xunit;

namespace Bookinfo.Load.Tests;

/// <summary><c>Server-Timing</c> as its grammar allows it, and as it does not.</summary>
public sealed class LoadServerTimingTests
{
    private static readonly string[] Names = [.. BookinfoAnswers.Usual.Hops.Select(hop => hop.Name)];
    private static readonly string[] Spaces = ["", "", " ", "\t", "  \t "];
    private static readonly string[] OtherNames = ["gateway", "cache", "Total", "totals", "tot", "x-y!z", "dur"];
    private static readonly string[] OtherParameters = ["desc", "x", "durs", "du", "dur-x"];

    [Theory]
    [InlineData("total;dur=1.5", null, null, null, 1500)]
    [InlineData("details;dur=0.61, reviews;dur=1.32, ratings;dur=0.48, total;dur=1.74", 610, 1320, 480, 1740)]
    [InlineData("gateway;dur=3,reviews;desc=\"x\";dur=2", null, 2000, null, null)]
    [InlineData("total;desc=\"a, b\";dur=1.5", null, null, null, 1500)]
    [InlineData("total;desc=\"a; dur=9, details;dur=9\";dur=1.5,reviews;dur=2", null, 2000, null, 1500)]
    [InlineData("total;desc=\"a \\\" , \\\\\";dur=1.5", null, null, null, 1500)]
    [InlineData("total;dur=\"2.5\"", null, null, null, 2500)]
    [InlineData("total;dur=\"\\2.\\5\"", null, null, null, 2500)]
    [InlineData("total ; dur = 5.5", null, null, null, 5500)]
    [InlineData("total\t;\tDUR\t=\t\"5.5\"\t,details;dur=1", 1000, null, null, 5500)]
    [InlineData(",total;dur=1.5", null, null, null, 1500)]
    [InlineData(" , ,\t,total;dur=1.5,,", null, null, null, 1500)]
    [InlineData("total;;dur=1.5", null, null, null, 1500)]
    [InlineData("total;desc;dur=1.5", null, null, null, 1500)]
    [InlineData("total;dur=1.5, gateway, total;dur=9, total", null, null, null, 1500)]
    [InlineData("total, total;dur=x, total;dur=2", null, null, null, 2000)]
    [InlineData("total;dur=1.5;dur=9", null, null, null, 1500)]
    [InlineData("total;dur=x;dur=9", null, null, null, null)]
    [InlineData("total;dur;dur=9", null, null, null, null)]
    [InlineData("total;dur=1 2, details;dur=1", 1000, null, null, null)]
    [InlineData("total;dur=\"1\"2, details;dur=1", 1000, null, null, null)]
    [InlineData("total x;dur=1, details;dur=1", 1000, null, null, null)]
    [InlineData("total;desc=\"no end;dur=1, details;dur=1", null, null, null, null)]
    [InlineData("total;dur=\"1", null, null, null, 1000)]
    [InlineData("total;dur=\"1\\", null, null, null, null)]
    [InlineData("total", null, null, null, null)]
    [InlineData("total;dur=", null, null, null, null)]
    [InlineData("total;dur=\"\"", null, null, null, null)]
    [InlineData("total;dur=-1, details;dur=NaN, reviews;dur=1e300, ratings;dur=x", null, null, null, null)]
    [InlineData(",,;;,=", null, null, null, null)]
    [InlineData("", null, null, null, null)]
    public void It_is_read_as_far_as_it_can_be(string header, int? details, int? reviews, int? ratings, int? total) =>
        Assert.Equal(Times(details, reviews, ratings, total), Read(header));

    [Fact]
    public async Task Several_headers_and_a_folded_one_are_one()
    {
        await using var server = new LoadServer(
            "HTTP/1.1 200 OK\r\nServer-Timing: gateway;dur=1\r\nserver-timing: total;dur=4,\r\n\tdetails;dur=3,\r\n reviews;desc=\"a,\r\n "
            + "b\";dur=2\r\nSERVER-TIMING:ratings;dur=1\r\nContent-Length: 0\r\n\r\n");
        var sample = await LoadRunner.SendOneAsync(server.Address);

        Assert.Equal(ErrorKind.None, sample.Error);
        Assert.Equal(Times(3000, 2000, 1000, 4000), Hops(sample.Hops));
    }

    [Fact]
    public async Task What_an_early_hint_or_a_proxy_in_front_says_is_not_the_applications()
    {
        await using var server = new LoadServer(
            "HTTP/1.1 103 Early Hints\r\nServer-Timing: total;dur=7, details;dur=7\r\n\r\nHTTP/1.1 200 OK\r\nServer-Timing: "
            + "total;dur=4\r\nServer-Timing: total;dur=99\r\nContent-Length: 0\r\n\r\n");
        var sample = await LoadRunner.SendOneAsync(server.Address);

        Assert.Equal(ErrorKind.None, sample.Error);
        Assert.Equal(Times(null, null, null, 4000), Hops(sample.Hops));
    }

    [Property(MaxTest = 2000)]
    public void Whatever_the_grammar_allows_is_read(int seed)
    {
        var random = new Random(seed);
        var expected = new int?[Names.Length];
        var metrics = new List<string>();
        for (var count = random.Next(1, 8); count > 0; count--)
        {
            metrics.Add(Pick(random, Spaces) + Metric(random, expected) + Pick(random, Spaces));
            if (random.Next(8) == 0)
            {
                metrics.Add(Pick(random, Spaces));
            }
        }

        var header = string.Join(',', metrics).Trim(' ', '\t');
        Assert.Equal((header, string.Join(' ', Times(expected))), (header, string.Join(' ', Read(header))));
    }

    [Property(MaxTest = 5000)]
    public void Nothing_makes_it_fail(int seed)
    {
        var random = new Random(seed);
        const string Likely = "total;details,reviews=ratings\"\\ dur=1.5\t;,=\"\0\u00ff";
        var header = string.Concat(Enumerable.Range(0, random.Next(60)).Select(_ => random.Next(3) switch
        {
            0 => Pick(random, "total", "details", ";dur=", "\"", "\\", ",", ";", "=", "1.5", "1e999", " "),
            1 => Likely[random.Next(Likely.Length)].ToString(),
            _ => ((char)random.Next(256)).ToString(),
        }));

        Assert.All(Read(header), time => Assert.True(time is HopTimes.Unknown or < 3_600_000_000, header));
    }

    private static string Metric(Random random, int?[] expected)
    {
        int? hop = random.Next(4) == 0 ? null : random.Next(Names.Length);
        var text = new StringBuilder(hop is { } index ? Names[index] : Pick(random, OtherNames));
        int? known = null;
        var parameters = Enumerable.Range(0, random.Next(4)).Select(_ => Pick(random, OtherParameters)).ToList();
        if (random.Next(5) > 0)
        {
            parameters.Insert(random.Next(parameters.Count + 1), Pick(random, "dur", "Dur", "DUR"));
        }

        foreach (var parameter in parameters)
        {
            text.Append(Pick(random, Spaces)).Append(';').Append(Pick(random, Spaces)).Append(parameter);
            if (!parameter.Equals("dur", StringComparison.OrdinalIgnoreCase))
            {
                text.Append(random.Next(4) == 0 ? "" : $"{Pick(random, Spaces)}={Pick(random, Spaces)}{Value(random)}");
                continue;
            }

            known = random.Next(10_000_000);
            var number = (known.Value / 1000m).ToString(CultureInfo.InvariantCulture);
            text.Append($"{Pick(random, Spaces)}={Pick(random, Spaces)}{(random.Next(2) == 0 ? number : Quoted(random, number))}");
        }

        if (hop is { } which && known is not null)
        {
            // Of several it is the first.
            expected[which] ??= known;
        }

        return text.ToString();
    }

    private static string Value(Random random) => random.Next(2) == 0
        ? Pick(random, "a", "1", "x-1", "dur")
        : Quoted(random, Pick(random, "", "a, b", "total;dur=9", "\"", "\\", ",,;", "a=b", "é"));

    private static string Quoted(Random random, string text) =>
        "\"" + string.Concat(text.Select(character =>
            character is '"' or '\\' || random.Next(4) == 0 ? $"\\{character}" : character.ToString())) + "\"";

    private static string Pick(Random random, params string[] texts) => texts[random.Next(texts.Length)];

    private static IEnumerable<uint> Times(int? details, int? reviews, int? ratings, int? total) => Times([
        .. Names.Select(
            name => name switch { "details" => details, "reviews" => reviews, "ratings" => ratings, "total" => total, _ => null }),
    ]);

    private static IEnumerable<uint> Times(params int?[] times) => times.Select(time => time is { } known ? (uint)known : HopTimes.Unknown);

    private static IEnumerable<uint> Hops(HopTimes times) => [.. Enumerable.Range(0, Names.Length).Select(hop => times[hop])];

    private static IEnumerable<uint> Read(string header)
    {
        var times = HopTimes.None;
        ServerTimingReader.Read(Encoding.Latin1.GetBytes(header), [.. Names.Select(Encoding.Latin1.GetBytes)], times);
        return Hops(times);
    }
}
