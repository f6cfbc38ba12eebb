namespace Bookinfo.Verification.Tests;

/// <summary>Counts are compared with what they must be, and what differs because of one mistake is told as that mistake.</summary>
public sealed class CountComparisonTests
{
    private static readonly ServedKey Page = new("productpage", "v1", "GET", "/productpage", "200");
    private static readonly ServedKey V2 = new("reviews", "v2", "GET", "/reviews/{id}", "200");

    private readonly Counts<ServedKey> _expected = new();
    private readonly Dictionary<ServedKey, long> _seen = [];

    [Fact]
    public void What_is_as_it_must_be_differs_in_nothing()
    {
        Expect(Page, 5, 5);
        Expect(V2, 3, 3);
        Assert.Empty(Compare());
    }

    [Fact]
    public void What_is_missing_and_what_is_surplus_is_told_with_its_count()
    {
        Expect(Page, 5, 4);
        Expect(V2, 3, 10);
        _seen[Page with { Status = "500" }] = 2;

        var differences = Compare();
        Assert.Equal([(1, 0), (0, 2), (0, 7)], differences.Select(difference => ((int)difference.Missing, (int)difference.Surplus)));
        Assert.Empty(LabelMistakes.Take(differences));
        Assert.Equal(3, differences.Count);
    }

    [Fact]
    public void Bounds_take_up_what_is_surplus_as_far_as_they_go()
    {
        Expect(Page, 5, 5);
        _expected.Add(Page with { Status = KeyPattern.Any }, CountRange.AtMost(3));
        _seen[Page with { Status = "499" }] = 2;
        _seen[Page with { Status = "503" }] = 2;

        var difference = Assert.Single(Compare());
        Assert.Equal((0, 1), (difference.Missing, difference.Surplus));
    }

    [Fact]
    public void Something_must_have_failed_though_nobody_knows_how()
    {
        var pattern = new TriedKey("reviews", "v2", "ratings", "GET", KeyPattern.Any, KeyPattern.Failed);
        var expected = new Counts<TriedKey>();
        expected.Add(pattern, 4);
        Assert.Empty(CountComparison.Compare(expected, new Dictionary<TriedKey, long>
        {
            [pattern with { Status = "503", Error = "503" }] = 1,
            [pattern with { Status = "", Error = "timeout" }] = 3,
        }));

        var missing = CountComparison.Compare(
            expected, new Dictionary<TriedKey, long> { [pattern with { Status = "200", Error = "" }] = 4 });
        Assert.Equal([(0, 4), (4, 0)], missing.Select(difference => ((int)difference.Missing, (int)difference.Surplus)));
    }

    /// <summary>Whatever is added first, what must have failed takes what has failed, and what may be anything the rest.</summary>
    [Theory]
    [InlineData(0, 3, 3, 3)]
    [InlineData(3, 3, 0, 3)]
    public void What_may_be_anything_leaves_failures_to_what_must_have_failed(int least, int most, int leastFailed, int mostFailed)
    {
        var failed = new TriedKey("reviews", "v2", "ratings", "GET", KeyPattern.Any, KeyPattern.Failed);
        var any = failed with { Error = KeyPattern.Any };
        foreach (var (first, second) in new[] { (any, failed), (failed, any) })
        {
            var expected = new Counts<TriedKey>();
            foreach (var key in new[] { first, second })
            {
                expected.Add(key, key == any ? new CountRange(least, most) : new CountRange(leastFailed, mostFailed));
            }

            var one = failed with { Status = "503", Error = "503" };
            Assert.Empty(CountComparison.Compare(expected, new Dictionary<TriedKey, long> { [one] = 3 }));
            Assert.Empty(CountComparison.Compare(expected, new Dictionary<TriedKey, long> { [one] = 6 }));
            Assert.NotEmpty(CountComparison.Compare(expected, new Dictionary<TriedKey, long> { [one] = 2 }));
            Assert.NotEmpty(CountComparison.Compare(expected, new Dictionary<TriedKey, long> { [one] = 7 }));
        }
    }

    [Fact]
    public void A_version_that_is_shown_as_another_is_one_mistake()
    {
        Expect(V2, 3, 0);
        Expect(V2 with { Version = "v3" }, 4, 7);

        var differences = Compare();
        var finding = Assert.Single(LabelMistakes.Take(differences));
        Assert.Equal((FindingKind.WrongLabel, "version", 3), (finding.Kind, finding.Subject, finding.Count));
        Assert.Equal("With another version: 3 (v2 shown as v3).", finding.Text);
        Assert.Empty(differences);
    }

    [Fact]
    public void A_label_that_is_lost_is_one_mistake_however_many_values_it_had()
    {
        Expect(Page, 5, 0);
        Expect(Page with { Route = "/" }, 2, 0);
        Expect(Page with { Route = "/login", Status = "302" }, 1, 0);
        _seen[Page with { Route = "" }] = 7;
        _seen[Page with { Route = "", Status = "302" }] = 1;

        var finding = Assert.Single(LabelMistakes.Take(Compare()));
        Assert.Equal((FindingKind.LostLabel, "route", 8), (finding.Kind, finding.Subject, finding.Count));
    }

    /// <summary>Requests end in another order in each run, and with it counts are added in another.</summary>
    [Fact]
    public void What_is_said_does_not_depend_on_what_was_counted_first()
    {
        var texts = new List<string>();
        string[] routes = ["/productpage", "/login", "/"];
        foreach (var order in new[] { routes, [.. routes.Reverse()] })
        {
            var expected = new Counts<ServedKey>();
            foreach (var route in order)
            {
                expected.Add(Page with { Route = route }, 2);
            }

            var lost = new Dictionary<ServedKey, long> { [Page with { Route = "" }] = 6 };
            var finding = Assert.Single(LabelMistakes.Take(CountComparison.Compare(expected, lost)));
            texts.Add(string.Join('\n', finding.Examples.Prepend(finding.Text)));
        }

        Assert.StartsWith("Without route: 6 (/, /login, /productpage).", texts[0]);
        Assert.Equal(texts[0], texts[1]);
    }

    [Fact]
    public void A_target_without_identity_has_lost_service_and_version()
    {
        Expect(Page, 5, 0);
        _seen[Page with { Service = "", Version = "" }] = 5;

        var finding = Assert.Single(LabelMistakes.Take(Compare()));
        Assert.Equal((FindingKind.LostLabel, "service and version", 5), (finding.Kind, finding.Subject, finding.Count));
    }

    private List<Difference> Compare() => CountComparison.Compare(_expected, _seen);

    private void Expect(ServedKey key, long expected, long seen)
    {
        _expected.Add(key, expected);
        if (seen > 0)
        {
            _seen[key] = seen;
        }
    }
}
