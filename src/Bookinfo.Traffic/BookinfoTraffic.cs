using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Bookinfo.Load;

namespace Bookinfo.Traffic;

/// <summary>
/// Makes the mix of requests. For the usual mix, the page is fetched once to find its assets, and each user signs in once. The requests
/// sent for that are kept, so that a ledger contains every request that the application got. An application that is broken can be loaded
/// as well: where that page or a sign-in is answered with an error, the mix does without the assets or the user.
/// </summary>
/// <param name="target">Where the requests go.</param>
/// <param name="headers">Headers given by the user.</param>
/// <param name="traceSeed">The source of the run's trace ids.</param>
/// <param name="timeout">How long a request may take.</param>
/// <param name="answers">How to read the answers.</param>
/// <param name="time">Tells the time and waits.</param>
public sealed partial class BookinfoTraffic(
    LoadTarget target, IReadOnlyList<KeyValuePair<string, string>> headers, ulong traceSeed, TimeSpan timeout, AnswerModel answers,
    TimeProvider time)
{
    /// <summary>The path of the page.</summary>
    public const string PagePath = "/productpage";

    private const string LoginPath = "/login";

    /// <summary>The cookie by which Bookinfo recognizes a user who has signed in. Proxies on the way may set others.</summary>
    private const string SessionCookie = "session";

    /// <summary>Leaves room for the other requests of the mix in <see cref="TrafficMix.MostTemplates"/>.</summary>
    private const int MostAssets = 65_000;

    /// <summary>How many users sign in.</summary>
    public const int Users = 10;

    /// <summary>
    /// Shares of all requests, in percent: page views by visitors, page views by users, calls to the API, and assets of the page for those
    /// who see it for the first time.
    /// </summary>
    private const double VisitorShare = 40;
    private const double UserShare = 20;
    private const double ApiShare = 20;
    private const double AssetShare = 20;

    private static readonly string[] ApiPaths =
    [
        "/api/v1/products", "/api/v1/products/0", "/api/v1/products/0/reviews", "/api/v1/products/0/ratings",
    ];

    private readonly List<RequestTemplate> _sent = [];
    private readonly List<Sample> _samples = [];

    /// <summary>The requests sent to make the mix. Their times are timestamps of the clock.</summary>
    public IReadOnlyList<Sample> Samples => _samples;

    /// <summary>
    /// Whether every user has to be signed in: for a load that goes on forever, it is better to try again later than to do without.
    /// </summary>
    public bool RequiresUsers { get; init; }

    /// <summary>Looks a target up, makes sure that it answers, and makes the requests to it.</summary>
    /// <param name="url">Where the requests go.</param>
    /// <param name="insecure">Whether any certificate will do.</param>
    /// <param name="headers">Headers given by the user.</param>
    /// <param name="paths">The paths to request, in equal shares; none for the usual mix.</param>
    /// <param name="traceSeed">The source of the run's trace ids.</param>
    /// <param name="timeout">How long a request may take.</param>
    /// <param name="time">Tells the time and waits.</param>
    /// <param name="requiresUsers"><see cref="RequiresUsers"/>.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="TargetException">The target cannot be reached or, for the usual mix, is not Bookinfo.</exception>
    public static async Task<PreparedRequests> PrepareAsync(
        Uri url, bool insecure, IReadOnlyList<KeyValuePair<string, string>> headers, IReadOnlyList<string> paths, ulong traceSeed,
        TimeSpan timeout, TimeProvider time, bool requiresUsers, CancellationToken cancellationToken)
    {
        var target = await LoadTarget.ResolveAsync(url, insecure, cancellationToken);
        var traffic = new BookinfoTraffic(target, headers, traceSeed, timeout, BookinfoAnswers.Usual, time)
        {
            RequiresUsers = requiresUsers,
        };
        var mix = paths.Count > 0 ? await traffic.PathsAsync(paths, cancellationToken) : await traffic.UsualAsync(cancellationToken);
        return new PreparedRequests(target, mix, traffic.Samples);
    }

    /// <summary>Makes a mix of paths in equal shares, and checks that the target can be reached.</summary>
    /// <param name="paths">The paths.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="TargetException">The target cannot be reached.</exception>
    public async Task<TrafficMix> PathsAsync(IReadOnlyList<string> paths, CancellationToken cancellationToken)
    {
        using var connection = new HttpConnection(target, time);
        await RequireReachedAsync(connection, await connection.RunAsync(connection.Open, timeout, cancellationToken), cancellationToken);
        return new TrafficMix([.. paths.Select(path => (Template(RequestKind.Path, path), 1.0))], answers);
    }

    /// <summary>Makes the usual mix.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="TargetException">The target cannot be reached, or is not Bookinfo.</exception>
    public async Task<TrafficMix> UsualAsync(CancellationToken cancellationToken)
    {
        using var connection = new HttpConnection(target, time);
        var answer = new HttpAnswer(answers) { WantsCookies = true, WantsLocation = true };
        var page = await SendAsync(connection, Template(RequestKind.Setup, PagePath), answer, cancellationToken);
        await RequireReachedAsync(connection, page, cancellationToken);
        var isBroken = answer.Status >= (int)HttpStatusCode.InternalServerError;
        if (isBroken ? RequiresUsers : answer.Status != (int)HttpStatusCode.OK || !answer.IsHtml)
        {
            if (answer.IsCoded)
            {
                throw NoBookinfo(
                    $"GET {PagePath} is answered with a compressed page, which this command does not decode",
                    "Leave out the header Accept-Encoding, or use --path to say what to send instead of the usual mix");
            }

            var what = answer.Location is { } location
                ? $" and leads to {Redirect.Printable(location)}"
                : answer.IsHtml ? "" : " and no page";
            var hint = SchemeProbe.MayMean(target, answer.Status) ? await SchemeProbe.AskAsync(target, time, cancellationToken) : null;
            hint ??= answer.Status == (int)HttpStatusCode.BadRequest && target.IsTls
                ? "It may require a client certificate, and none is sent"
                : null;
            throw NoBookinfo($"GET {PagePath} is answered with {answer.Status}{what}", hint);
        }

        var assets = isBroken ? [] : Assets(Encoding.UTF8.GetString(answer.Body));
        var users = new List<(RequestTemplate Template, double Weight)>();
        var login = ErrorKind.None;
        for (var user = 1; user <= Users; user++)
        {
            var name = $"reader-{user}";
            var request = Template(RequestKind.Setup, LoginPath, form: $"username={name}&passwd=");
            if (login == ErrorKind.Timeout)
            {
                // Once a sign-in has timed out, no other is tried: waiting for ten timeouts would take too long.
                _sent.Add(request);
            }
            else
            {
                login = await SendAsync(connection, request, answer, cancellationToken);
            }

            var cookies = new CookieJar(AskedTarget(), time);
            answer.Cookies.ForEach(cookie => cookies.Take(cookie, LoginPath));
            var failed = login != ErrorKind.None || answer.Status >= (int)HttpStatusCode.BadRequest;
            if (failed && RequiresUsers)
            {
                await RequireReachedAsync(connection, login, cancellationToken);
            }

            if (failed ? RequiresUsers : !cookies.Has(SessionCookie, PagePath))
            {
                throw NoBookinfo($"POST {LoginPath} is answered with {answer.Status} and "
                    + $"{(answer.Cookies.Count == 0 ? "no cookie" : $"no cookie '{SessionCookie}' that could be sent back")}, "
                    + "so nobody can sign in");
            }

            // A user who could not sign in gets the weight 0 and stays in the mix: all workers must have the same list of requests.
            users.Add((
                Template(RequestKind.User, PagePath, user: name, cookie: failed ? null : cookies.Header(PagePath)),
                failed ? 0 : UserShare / Users));
        }

        var signedIn = users.Sum(user => user.Weight);
        return new TrafficMix(
            [
            .. _sent.Select(template => (template, 0.0)),
            (Template(RequestKind.Visitor, PagePath), VisitorShare + (UserShare - signedIn) + (assets.Count == 0 ? AssetShare : 0)),
            .. users,
            .. ApiPaths.Select(path => (Template(RequestKind.Api, path), ApiShare / ApiPaths.Length)),
            .. assets.Select(path => (Template(RequestKind.Asset, path), AssetShare / assets.Count)),
            ],
            answers);
    }

    /// <summary>What a browser fetches with a page: style sheets, icons, scripts and pictures of the same host, each once.</summary>
    /// <param name="html">The page, which lies at <see cref="PagePath"/>.</param>
    /// <returns>Paths with queries.</returns>
    public IReadOnlyList<string> Assets(string html)
    {
        var page = new Uri(target.Uri, PagePath);
        return
        [
            .. AssetLink().Matches(html)
                .Select(match => WebUtility.HtmlDecode(match.Groups["address"].Value))
                .Select(address => Uri.TryCreate(page, address, out var uri) ? uri : page)
                .Where(uri => uri.Scheme == page.Scheme && uri.Authority == page.Authority && uri != page)
                .Select(uri => uri.PathAndQuery)
                .Distinct()
                .Take(MostAssets),
        ];
    }

    /// <summary>
    /// The host as the requests name it, which is the one that cookies belong to: the user's own <c>Host</c> may differ from the address.
    /// </summary>
    private LoadTarget AskedTarget() =>
        headers.FirstOrDefault(header => header.Key.Equals("Host", StringComparison.OrdinalIgnoreCase)).Value is { } host
        && $"{target.Uri.Scheme}://{host}/" is var asked
        && LoadTarget.IsUrl(asked)
            ? new LoadTarget(new Uri(asked), [], insecure: false)
            : target;

    private RequestTemplate Template(
        RequestKind kind, string path, string? form = null, string? user = null, string? cookie = null) =>
        new(kind, target.Host, path, headers, cookie, form)
        {
            User = user is null ? null : Encoding.UTF8.GetBytes(user),
            ShowsVersion = BookinfoAnswers.HasReviews(path),
            Content = BookinfoAnswers.ContentOf(path),
        };

    /// <summary>Sends a request, and keeps what came of it.</summary>
    /// <returns>Why nothing was answered; <see cref="ErrorKind.None"/> if there is an answer, whatever it says.</returns>
    private async Task<ErrorKind> SendAsync(
        HttpConnection connection, RequestTemplate template, HttpAnswer answer, CancellationToken cancellationToken)
    {
        _sent.Add(template);
        var number = _sent.Count;
        var sample = new Sample { Index = -number, Template = (ushort)(number - 1), WasAwaited = true };
        var request = template.Write(RequestIdentity.Of(new IndexedRandom(traceSeed), sample.Index), new byte[template.Length]).ToArray();
        sample.Sent = time.GetTimestamp();
        var unanswered = await connection.RunAsync(deadline => connection.Exchange(request, answer, deadline), timeout, cancellationToken);
        sample.Done = time.GetTimestamp();
        sample.Status = (ushort)answer.Status;
        sample.Length = answer.Length;
        sample.Hops = answer.Hops;
        sample.Error = unanswered == ErrorKind.None ? answers.Judge(answer, template.Content, out sample.Version) : unanswered;
        _samples.Add(sample);
        return unanswered;
    }

    private async Task RequireReachedAsync(HttpConnection connection, ErrorKind error, CancellationToken cancellationToken)
    {
        if (error == ErrorKind.None)
        {
            return;
        }

        if (connection.CertificateProblem is { } problem)
        {
            throw new TargetException($"the certificate of {target.Origin} is not trusted: {problem}. Accept any certificate with "
                + "--insecure, or make this machine trust it.");
        }

        if (error == ErrorKind.BadAnswer && connection.WasHttp2)
        {
            throw new TargetException(
                $"{target.Origin} speaks HTTP/2 only, and requests are sent by HTTP/1.1: use an address that accepts HTTP/1.1.");
        }

        // A server that speaks plain http waits forever for the end of a line when it receives TLS.
        var mayBeScheme = error is ErrorKind.Tls or ErrorKind.BadAnswer or ErrorKind.Closed or ErrorKind.Reset
            || (error == ErrorKind.ConnectTimeout && connection.Opened > 0);
        var hint = mayBeScheme ? await SchemeProbe.AskAsync(target, time, cancellationToken) : null;
        var advice = hint ?? (connection.TlsProblem is null ? "Start Bookinfo with 'bookinfo up', or name another address" : null);
        throw new TargetException($"{target.Origin} does not answer: {answers.NameOf(error)}"
            + (hint is null && connection.TlsProblem is { } said ? $": {said}." : ".")
            + (advice is null ? "" : $" {advice}."));
    }

    private TargetException NoBookinfo(string what, string? hint = null) => new(
        $"{target.Origin} is not Bookinfo's productpage: {what}. {hint ?? "Use --path to say what to send instead of the usual mix"}.");

    /// <summary>
    /// An element ends before the next one begins: otherwise each of many without an end would be looked through to the end of the page.
    /// </summary>
    [GeneratedRegex("""<(?:link|script|img)\b[^<>]*?\s(?:href|src)\s*=\s*["'](?<address>[^"']+)["']""", RegexOptions.IgnoreCase)]
    private static partial Regex AssetLink();
}
