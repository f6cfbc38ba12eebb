using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Bookinfo.Cli.Load;
using Bookinfo.Cli.Local;
using Bookinfo.Contracts;
using Bookinfo.Load;

namespace Bookinfo.Cli.Commands;

/// <summary><c>bookinfo load</c>: sends requests at a rate, whatever becomes of them, and reports how long they took and what went wrong.</summary>
internal static class LoadCommand
{
    private const double HighestRate = 1_000_000;
    private const int MostConnections = 4096;

    private static readonly string UsualUrl = $"http://localhost:{ServiceCatalog.ProductPage.Versions[0].LocalPort}";
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromMinutes(1);

    private static readonly Argument<string> Url = new("url")
    {
        HelpName = "url",
        Description = "Where to. With a path it is that path which is sent.",
        DefaultValueFactory = static _ => UsualUrl,
    };

    private static readonly Option<string> Rate = new("--rate")
    {
        HelpName = "number",
        Description = "Requests a second; what that means for each profile is said there. With --until-saturated: the rate to begin with.",
        DefaultValueFactory = static _ => "50",
    };

    private static readonly Option<string> Duration = new("--duration")
    {
        HelpName = "time",
        Description = "How long, such as 500ms, 30s, 5m or 1h. With --until-saturated: how long the search may take, 2m if nothing is said. [default: 30s]",
    };

    private static readonly Option<string> Profile = new("--profile")
    {
        HelpName = "name",
        Description =
            "The rate over time. constant: --rate. ramp: from --from (0) to --rate. steps: --steps equal ones up to --rate. "
            + "spike: --rate, but in the middle tenth of the time --peak (5 times that). diurnal: a day as a cosine, --from (a tenth of --rate) at night, --rate at noon. [default: constant]",
    };

    private static readonly Option<string> From = new("--from") { HelpName = "number", Description = "The rate that a ramp begins with, or that of a day's night." };

    private static readonly Option<string> Peak = new("--peak") { HelpName = "number", Description = "The rate in a spike." };

    private static readonly Option<string> Steps = new("--steps") { HelpName = "number", Description = "How many steps there are. [default: 5]" };

    private static readonly Option<string> Arrivals = new("--arrivals")
    {
        HelpName = "even|poisson",
        Description = "even: at equal distances. poisson: independent of each other, as those of many visitors are. [default: even]",
    };

    private static readonly Option<string> Seed = new("--seed")
    {
        HelpName = "number",
        Description = "Arrivals and the choice of requests depend on it alone. Trace ids are new in each run.",
        DefaultValueFactory = static _ => "1",
    };

    private static readonly Option<string[]> Paths = new("--path")
    {
        HelpName = "path",
        Description = "Send this instead of the usual mix (40% page views by visitors, 20% by users who have signed in, 20% calls to the API, 20% what the page is made of). May be repeated.",
        AllowMultipleArgumentsPerToken = false,
    };

    private static readonly Option<string[]> Headers = new("--header")
    {
        HelpName = "'Name: value'",
        Description = "Send this header as well. May be repeated.",
        AllowMultipleArgumentsPerToken = false,
    };

    private static readonly Option<string> Connections = new("--connections")
    {
        HelpName = "number",
        Description = "How many connections there are, each with one request at a time.",
        DefaultValueFactory = static _ => "64",
    };

    private static readonly Option<string> Timeout = new("--timeout")
    {
        HelpName = "time",
        Description = "How long a request may take, up to 60s. The page itself waits for reviews for up to 6s.",
        DefaultValueFactory = static _ => "10s",
    };

    private static readonly Option<bool> Insecure = new("--insecure") { Description = "Take any certificate." };

    private static readonly Option<bool> UntilSaturated = new("--until-saturated")
    {
        Description = "Find the highest rate whose p99 from due time stays under --slo, with at most 1% failed.",
    };

    private static readonly Option<string> Slo = new("--slo") { HelpName = "time", Description = "What the p99 must stay under. [default: 50ms]" };

    private static readonly Option<string> Ledger = new("--ledger")
    {
        HelpName = "file",
        Description = "Write down every request there: trace id, times, status, version of reviews, hops. 72 bytes each (docs/measuring.md).",
    };

    private static readonly Option<string> Hdr = new("--hdr") { HelpName = "file", Description = "Write the histograms of each second there, as a log of HdrHistogram." };

    private static readonly Option<OutputFormat> Output = new("--output")
    {
        HelpName = "table|json",
        Description = "How to write the outcome to stdout. [default: table]",
    };

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        Url.Validators.Add(static result => Require(result, result.GetValueOrDefault<string>(), "url", IsUrl, $"must be http:// or https://, a host, and no user, such as {UsualUrl}"));
        RequireNumber(Rate, 0.1, HighestRate);
        RequireNumber(From, 0, HighestRate);
        RequireNumber(Peak, 0, HighestRate);
        RequireWhole(Steps, 1, 1000);
        RequireWhole(Seed, 0, long.MaxValue);
        RequireWhole(Connections, 1, MostConnections);
        RequireSpan(Duration, TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(24), "from 100ms to 24h");
        RequireSpan(Timeout, TimeSpan.FromMilliseconds(1), LongestTimeout, "from 1ms to 60s");
        RequireSpan(Slo, TimeSpan.FromMicroseconds(1), LongestTimeout, "up to 60s");
        RequireName<ProfileKind>(Profile, "must be constant, ramp, steps, spike or diurnal");
        RequireName<ArrivalProcess>(Arrivals, "must be even or poisson");
        RequireName<OutputFormat>(Output, "must be table or json");
        RequireEach(Paths, RequestTemplate.IsPath, "must begin with / and have no spaces");
        RequireEach(Headers, static text => TryParseHeader(text, out _), $"must be 'Name: value', and not one that is set here: {string.Join(", ", RequestTemplate.Reserved)}");

        var command = new Command("load", "Send requests to Bookinfo at a steady rate, whatever becomes of them (an open loop), and report latency and errors. Ctrl-C ends it and reports.")
        {
            Url, Rate, Duration, Profile, From, Peak, Steps, Arrivals, Seed, Paths, Headers, Connections, Timeout, Insecure, UntilSaturated, Slo, Ledger, Hdr, Output,
        };
        command.Validators.Add(RequireUseful);
        command.SetAction(static (result, _) => RunAsync(Read(result)));
        return command;
    }

    private static async Task<int> RunAsync(LoadOptions options)
    {
        using var signals = new StopSignals();
        return await new LoadSession(options, signals, TimeProvider.System).RunAsync();
    }

    private static LoadOptions Read(ParseResult result)
    {
        var url = new Uri(result.GetValue(Url)!);
        var paths = result.GetValue(Paths) ?? [];
        var search = result.GetValue(UntilSaturated);
        return new LoadOptions(
            url,
            paths.Length == 0 && url.PathAndQuery != "/" ? [url.PathAndQuery] : paths,
            [.. (result.GetValue(Headers) ?? []).Select(static text => TryParseHeader(text, out var header) ? header : throw new FormatException(text))],
            Number(result.GetValue(Rate)) ?? 0,
            Span(result.GetValue(Duration)) ?? (search ? TimeSpan.FromMinutes(2) : TimeSpan.FromSeconds(30)),
            Name<ProfileKind>(result.GetValue(Profile)),
            Number(result.GetValue(From)),
            Number(result.GetValue(Peak)),
            (int)(Number(result.GetValue(Steps)) ?? 5),
            Name<ArrivalProcess>(result.GetValue(Arrivals)),
            ulong.Parse(result.GetValue(Seed)!, CultureInfo.InvariantCulture),
            (int)(Number(result.GetValue(Connections)) ?? 0),
            Span(result.GetValue(Timeout)) ?? LongestTimeout,
            result.GetValue(Insecure),
            search ? Span(result.GetValue(Slo)) ?? TimeSpan.FromMilliseconds(50) : null,
            result.GetValue(Ledger),
            result.GetValue(Hdr),
            result.GetValue(Output));
    }

    /// <summary>An option that would be ignored is a misunderstanding.</summary>
    private static void RequireUseful(CommandResult result)
    {
        var profile = Name<ProfileKind>(result.GetValue(Profile));
        var search = result.GetValue(UntilSaturated);
        void Only(Option option, bool useful, string with)
        {
            if (result.GetResult(option) is { Implicit: false } && !useful)
            {
                result.AddError($"{option.Name} is of no use without {with}.");
            }
        }

        Only(From, profile is ProfileKind.Ramp or ProfileKind.Diurnal, "--profile ramp or diurnal");
        Only(Peak, profile == ProfileKind.Spike, "--profile spike");
        Only(Steps, profile == ProfileKind.Steps, "--profile steps");
        Only(Slo, search, "--until-saturated");
        foreach (Option option in new Option[] { Profile, Ledger, Hdr })
        {
            if (search && result.GetResult(option) is { Implicit: false })
            {
                result.AddError($"{option.Name} cannot be combined with --until-saturated, which makes many runs at constant rates.");
            }
        }

        if (result.GetResult(Paths) is { Implicit: false } && Uri.TryCreate(result.GetValue(Url), UriKind.Absolute, out var url) && url.PathAndQuery != "/")
        {
            result.AddError($"--path is there, and the url has a path as well ({url.PathAndQuery}): say one of the two.");
        }
    }

    private static void RequireNumber(Option<string> option, double least, double most) => option.Validators.Add(result => Require(
        result, Token(result), option.Name, text => Number(text) is { } number && number >= least && number <= most, Range(least, most)));

    private static void RequireWhole(Option<string> option, long least, long most) => option.Validators.Add(result => Require(
        result, Token(result), option.Name,
        text => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most,
        Range(least, most)));

    private static void RequireSpan(Option<string> option, TimeSpan least, TimeSpan most, string range) => option.Validators.Add(result => Require(
        result, Token(result), option.Name, text => Span(text) is { } span && span >= least && span <= most, $"must be a time {range}, such as 500ms, 30s or 5m"));

    private static void RequireName<T>(Option option, string allowed)
        where T : struct, Enum => option.Validators.Add(result => Require(
        result, Token(result), option.Name, text => Enum.GetNames<T>().Contains(text, StringComparer.OrdinalIgnoreCase), allowed));

    private static void RequireEach(Option<string[]> option, Func<string, bool> isValid, string allowed) => option.Validators.Add(result =>
    {
        foreach (var token in result.Tokens)
        {
            Require(result, token.Value, option.Name, isValid, allowed);
        }
    });

    private static void Require(SymbolResult result, string? text, string name, Func<string, bool> isValid, string allowed)
    {
        if (text is not null && !isValid(text))
        {
            result.AddError($"{name} '{text}' is not allowed: it {allowed}.");
        }
    }

    private static string? Token(OptionResult result) => result.Tokens is [var token] ? token.Value : null;

    private static string Range(double least, double most) => string.Create(CultureInfo.InvariantCulture, $"must be a number from {least} to {most:0}");

    private static double? Number(string? text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static TimeSpan? Span(string? text) => text is not null && Kubernetes.Duration.TryParse(text, out var span) ? span : null;

    private static T Name<T>(string? text)
        where T : struct, Enum => Enum.TryParse<T>(text, ignoreCase: true, out var value) ? value : default;

    private static bool IsUrl(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.Host.Length > 0 && url.UserInfo.Length == 0 && url.Fragment.Length == 0;

    private static bool TryParseHeader(string text, out KeyValuePair<string, string> header)
    {
        var colon = text.IndexOf(':');
        header = colon <= 0 ? default : KeyValuePair.Create(text[..colon], text[(colon + 1)..].Trim());
        return colon > 0 && RequestTemplate.IsAllowedHeader(header.Key, header.Value);
    }
}
