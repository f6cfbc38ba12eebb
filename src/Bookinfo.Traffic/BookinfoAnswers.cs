using System.Text;
using Bookinfo.Contracts;
using Bookinfo.Load;

namespace Bookinfo.Traffic;

/// <summary>
/// How to read an answer of Bookinfo beyond its status: which version of reviews it came from, and whether a page with status 200 has a
/// hole in it, which is how Bookinfo answers when a backend fails. What to look for follows from the catalog of services.
/// </summary>
public sealed class BookinfoAnswers : AnswerModel
{
    /// <summary>The name in <c>Server-Timing</c> of the whole answer, as timed by the service that answered.</summary>
    public const string Total = "total";

    /// <summary>What baselines call <see cref="Total"/>.</summary>
    public const string TotalLabel = "server";

    /// <summary>
    /// Counts answers with reviews whose version cannot be told: their stars have another color, or are missing because ratings failed.
    /// </summary>
    public const string OtherVersion = "other";

    /// <summary>
    /// Counts requests that should have been answered with reviews and were not: they failed, or the page says that reviews are
    /// unavailable.
    /// </summary>
    public const string NoReviews = "missing";

    /// <summary>What reports call a page with a good status that is not there to its end, or is not Bookinfo's.</summary>
    public const string IncompletePage = "incomplete page";

    /// <summary>What reports call an answer of the API with a good status that is not the JSON that it should be.</summary>
    public const string IncompleteJson = "incomplete API answer";

    /// <summary>How many bytes of an answer are searched for the name of the pod.</summary>
    private const int PodNameWindow = 200;

    /// <summary>How many bytes of an answer are searched for the end of a color's name.</summary>
    private const int ColorWindow = 32;

    /// <summary>What the page itself may be missing.</summary>
    private readonly Hole[] _holesOfPage;

    /// <summary>The same in the order in which they count in a page without reviews: missing reviews come first.</summary>
    private readonly Hole[] _holesOfPageWithoutReviews;

    /// <summary>What services behind the page may be missing.</summary>
    private readonly Hole[] _furtherHoles;

    private readonly byte _incompletePage;
    private readonly byte _incompleteJson;
    private readonly (byte Number, byte[] Pod, byte[]? Color)[] _versions;
    private readonly byte _other;
    private readonly byte[] _servedBy = Encoding.UTF8.GetBytes(PageTexts.ReviewsServedBy);

    /// <summary>Prepares to read the answers of an application.</summary>
    /// <param name="catalog">Its services.</param>
    public BookinfoAnswers(ServiceCatalog catalog)
        : base(
            [.. catalog.Hops.Select(edge => new AnswerHop(edge.Callee, LabelOf(edge))), new AnswerHop(Total, TotalLabel)],
            [.. VersionsOf(catalog).Select(version => version.Version), OtherVersion, NoReviews],
            [.. HolesOf(catalog).Select(edge => FlawOf(edge.Caller, edge.Callee)), IncompletePage, IncompleteJson])
    {
        (_incompletePage, _incompleteJson) = ((byte)(Flaws.Count - 1), (byte)Flaws.Count);
        var holes = HolesOf(catalog).Select(
            (edge, index) => (edge.Caller, Hole: new Hole((byte)(index + 1), Encoding.UTF8.GetBytes(edge.Missing!))))
            .ToLookup(one => one.Caller == ServiceCatalog.ProductPage.Name, one => one.Hole);
        _holesOfPage = [.. holes[true]];
        _holesOfPageWithoutReviews = [.. holes[true].Reverse()];
        _furtherHoles = [.. holes[false]];
        _versions =
        [
            .. VersionsOf(catalog).Select((version, index) => (
                (byte)(index + 1),
                Encoding.UTF8.GetBytes(version.Name),
                version.Environment.TryGetValue(SettingNames.StarColor, out var color) ? Encoding.UTF8.GetBytes(color) : null)),
        ];
        _other = (byte)(_versions.Length + 1);
        MissingVersion = (byte)(_other + 1);
    }

    /// <summary>The answers of Bookinfo itself.</summary>
    public static BookinfoAnswers Usual { get; } = new(ServiceCatalog.Bookinfo);

    /// <summary>What baselines call the duration of a call.</summary>
    /// <param name="edge">The call.</param>
    public static string LabelOf(ServiceEdge edge) => $"{edge.Caller}->{edge.Callee}";

    /// <summary>Whether a good answer to a request shows reviews, and so the version that they came from.</summary>
    /// <param name="path">The path of the request, with its query.</param>
    public static bool HasReviews(string path) => CompleteAnswer.ContentOf(path) is AnswerContent.Page or AnswerContent.Reviews;

    /// <summary>What reports call an answer that lacks the result of a call.</summary>
    /// <param name="caller">The service that calls.</param>
    /// <param name="callee">The service that is called.</param>
    public static string FlawOf(string caller, string callee) =>
        $"{(caller == ServiceCatalog.ProductPage.Name ? "page" : caller)} without {callee}";

    /// <summary>What a good answer to a request must contain, for <see cref="RequestTemplate.Content"/>.</summary>
    /// <param name="path">The path of the request, with its query.</param>
    public static byte ContentOf(string path) => (byte)CompleteAnswer.ContentOf(path);

    /// <inheritdoc/>
    protected override AnswerReading Read(HttpAnswer answer, byte content)
    {
        var reading = answer.IsHtml ? ReadPage(answer.Body)
            : answer.IsJson ? ReadReviews(answer.Body)
            : default;
        // If an answer says what it lacks, that says more than that it is incomplete.
        return reading.Flaw == 0 ? reading with { Flaw = FindIncomplete(answer, (AnswerContent)content) } : reading;
    }

    private static IReadOnlyList<ServiceVersion> VersionsOf(ServiceCatalog catalog) =>
        catalog.Services.Single(service => service.Name == ServiceCatalog.Reviews.Name).Versions;

    private static IEnumerable<ServiceEdge> HolesOf(ServiceCatalog catalog) => catalog.Hops.Where(edge => edge.Missing is not null);

    /// <summary>The flaw of an answer that is not what was asked for; 0 if it is, or if that cannot be told.</summary>
    private byte FindIncomplete(HttpAnswer answer, AnswerContent content)
    {
        // A redirect has no content that matters, and what is coded or very long is not there to be read.
        if (content == AnswerContent.Any || answer.Status >= 300 || answer.IsCoded
            || (!answer.IsKeptWhole && (answer.IsHtml || answer.IsJson)))
        {
            return 0;
        }

        return content == AnswerContent.Page
            ? answer.IsHtml && CompleteAnswer.IsPage(answer.Body) ? (byte)0 : _incompletePage
            : answer.IsJson && CompleteAnswer.IsJson(answer.Body, content) ? (byte)0 : _incompleteJson;
    }

    /// <summary>
    /// Tells the version by the name of the pod, if the deployment names its pods as the original's does; otherwise by the stars, which are
    /// part of the contract.
    /// </summary>
    private AnswerReading ReadPage(ReadOnlySpan<byte> page)
    {
        var served = page.IndexOf(_servedBy);
        if (served < 0)
        {
            return new AnswerReading(Find(_holesOfPageWithoutReviews, page), Version: 0);
        }

        var further = Find(_furtherHoles, page);
        var flaw = Find(_holesOfPage, page) is > 0 and var own ? own : further;
        return new AnswerReading(flaw, VersionOf(page[served..], StarsOf(page, "text-"u8, "-500"u8), withoutRatings: further != 0));
    }

    private AnswerReading ReadReviews(ReadOnlySpan<byte> json)
    {
        var pod = json.IndexOf("\"podname\""u8);
        if (pod < 0)
        {
            return default;
        }

        var flaw = Find(_furtherHoles, json);
        return new AnswerReading(flaw, VersionOf(json[pod..], StarsOf(json, "\"color\":\""u8, "\""u8), withoutRatings: flaw != 0));
    }

    /// <summary>Finds the first of some holes that an answer has; 0 for none.</summary>
    private static byte Find(ReadOnlySpan<Hole> holes, ReadOnlySpan<byte> text)
    {
        foreach (var hole in holes)
        {
            if (text.IndexOf(hole.Text) >= 0)
            {
                return hole.Flaw;
            }
        }

        return 0;
    }

    /// <param name="text">The answer from the name of the pod on.</param>
    /// <param name="stars">The version that the stars indicate.</param>
    /// <param name="withoutRatings">Whether reviews could not reach ratings.</param>
    private byte VersionOf(ReadOnlySpan<byte> text, byte stars, bool withoutRatings)
    {
        var window = text[..Math.Min(PodNameWindow, text.Length)];
        foreach (var (number, pod, _) in _versions)
        {
            var name = window.IndexOf(pod);
            if (name >= 0 && (name + pod.Length == window.Length || !char.IsAsciiDigit((char)window[name + pod.Length])))
            {
                return number;
            }
        }

        // There are no stars although there should be: the versions with stars look alike then.
        return withoutRatings && Array.Exists(_versions, version => version.Number == stars && version.Color is null) ? _other : stars;
    }

    private byte StarsOf(ReadOnlySpan<byte> text, ReadOnlySpan<byte> before, ReadOnlySpan<byte> after)
    {
        for (var start = text.IndexOf(before); start >= 0; start = text.IndexOf(before))
        {
            text = text[(start + before.Length)..];
            var end = text[..Math.Min(text.Length, ColorWindow)].IndexOf(after);
            if (end > 0 && text[..end].IndexOfAnyExceptInRange((byte)'a', (byte)'z') < 0)
            {
                return VersionWith(text[..end]);
            }
        }

        return Array.Find(_versions, version => version.Color is null).Number;
    }

    private byte VersionWith(ReadOnlySpan<byte> color)
    {
        foreach (var (number, _, known) in _versions)
        {
            if (known is not null && color.SequenceEqual(known))
            {
                return number;
            }
        }

        return _other;
    }

    /// <summary>Something that an answer says is missing.</summary>
    /// <param name="Flaw">Its number among the flaws.</param>
    /// <param name="Text">How the answer says so.</param>
    private readonly record struct Hole(byte Flaw, byte[] Text);
}
