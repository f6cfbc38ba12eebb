using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Bookinfo.Cli.Sessions;
using Bookinfo.Cli.Terminal;
using Bookinfo.Load;
using Bookinfo.Measurement;

namespace Bookinfo.Cli.Commands;

/// <summary>
/// <c>bookinfo load</c>: sends requests at a given rate, no matter how they are answered, and reports latencies and errors.
/// </summary>
internal static class LoadCommand
{
    private const double UsualRate = 50;

    private static readonly TrafficOptions Traffic = new(
        "Determines arrivals and the choice of requests. Trace ids are new in each run.");

    private static readonly Argument<Uri?> Url = TypedOptions.UrlArgument(
        TypedOptions.UrlName,
        "Where to send requests. If the URL has a path, only that path is requested. [default: what 'up' runs here, else "
            + $"{TrafficOptions.LocalUrl}]");

    private static readonly Option<double?> Rate = TypedOptions.Number(
        "--rate",
        "Requests per second; --profile says what that means for each profile. With --until-saturated: the rate to begin with. "
            + "[default: 50]",
        ProfileSettings.LowestRate,
        ProfileSettings.HighestRate);

    private static readonly Option<TimeSpan?> Duration = TypedOptions.Time(
        "--duration",
        "How long, such as 500ms, 30s, 5m or 1h. With --until-saturated: how long the search may take (default 2m). "
            + "[default: 30s]",
        TimeSpan.FromMilliseconds(100),
        TimeSpan.FromHours(24),
        "from 100ms to 24h");

    private static readonly Option<ProfileKind> Profile = TypedOptions.Name<ProfileKind>(
        "--profile",
        "name",
        "The rate over time. constant: --rate. ramp: from --from (0) to --rate. steps: --steps steps of equal length up to --rate. "
        + "spike: --rate, but --peak (5 times --rate) in the middle tenth of the time. "
        + "diurnal: a cosine from --from (a tenth of --rate) at night to --rate at noon and back. [default: constant]",
        "constant, ramp, steps, spike or diurnal");

    private static readonly Option<double?> From = TypedOptions.Number(
        "--from", "The rate at which a ramp begins, or the night rate of diurnal.", 0, ProfileSettings.HighestRate);

    private static readonly Option<double?> Peak = TypedOptions.Number(
        "--peak", "The rate during a spike.", 0, ProfileSettings.HighestRate);

    private static readonly Option<long?> Steps = TypedOptions.Whole(
        "--steps", "How many steps there are. [default: 5]", 1, ProfileSettings.MostSteps);

    private static readonly Option<ArrivalProcess> Arrivals = TypedOptions.Name<ArrivalProcess>(
        "--arrivals",
        "even|poisson|jittered",
        "even: at equal intervals. poisson: independent of each other, like those of many visitors. jittered: even, but each delayed "
            + "by a random part of half an interval. [default: even]",
        "even, poisson or jittered");

    private static readonly Option<string[]> Paths = new("--path")
    {
        HelpName = "path",
        Description = "Request this path instead of the usual mix (40% page views by visitors, 20% by users who have signed in, 20% calls "
            + "to the API, 20% style sheet, script and pictures). May be repeated.",
        AllowMultipleArgumentsPerToken = false,
    };

    private static readonly Option<bool> UntilSaturated = new("--until-saturated")
    {
        Description = "Find the highest rate at which p99 from due time stays under --slo and at most 1% of the requests fail.",
    };

    private static readonly Option<TimeSpan?> Slo = TypedOptions.Time(
        "--slo", "What p99 must stay under. [default: 50ms]", TimeSpan.FromMicroseconds(1), TimeSpan.FromMinutes(1), "up to 60s");

    private static readonly Option<string> Ledger = new("--ledger")
    {
        HelpName = "file",
        Description = "Record every request in this file: trace id, times, status, version of reviews, hops. "
            + "72 bytes per request (docs/measuring.md).",
    };

    private static readonly Option<string> Hdr = new("--hdr")
    {
        HelpName = "file",
        Description = "Write the histograms of each second to this file, as an HdrHistogram log.",
    };

    private static readonly Option<string> Html = new("--html")
    {
        HelpName = "file",
        Description = "Write a page with plots of latency and rate over time to this file. It needs no network.",
    };

    private static readonly ConditionOptions<LoadCondition> Conditions = new(
        "Exit with 14 if a figure exceeds this, and with 15 if there are too few requests to decide: p99:50ms, errors:1%, "
            + "v2:p95:80ms (a version of reviews), user:errors:0.5% (a kind: visitor, user, api, asset, path). May be repeated.",
        LoadCondition.Grammar,
        LoadCondition.TryParse);

    private static readonly Option<bool> Overwrite = new("--overwrite")
    {
        Description = "Replace the files of --ledger, --hdr and --html if they exist.",
    };

    private static readonly WorkerOptions Worker = new();

    private static readonly Option<string?> Namespace = ClusterCommand.Namespace(
        "The namespace of Bookinfo, with --in-cluster. [default: bookinfo]");

    private static readonly Option<string?> Context = ClusterCommand.Context();

    private static readonly Option<OutputFormat> Output = TypedOptions.Output("How to write the outcome to stdout.");

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        OptionRules.RequireEach(Paths, RequestTemplate.IsPath, "must begin with / and have no spaces and no fragment (#)");
        OptionRules.RequireAtMost(Paths, TrafficMix.MostTemplates);

        var command = new Command("load", "Send requests to Bookinfo at a given rate, even if earlier ones are slow (an open loop), and "
            + "report latency and errors. Ctrl-C ends it and reports.")
        {
            Url, Rate, Duration, Profile, From, Peak, Steps, Arrivals, Traffic.Seed, Paths, Traffic.Headers, Traffic.Connections,
            Traffic.Timeout, Traffic.Insecure, Conditions.FailOn, Conditions.Inconclusive, UntilSaturated, Slo, Html, Ledger, Hdr,
            Overwrite, Worker.InCluster, Worker.Workers, Worker.WorkerImage, Namespace, Context, Output,
        };
        OptionRules.RequireTogether(command, RequireUseful);
        command.SetAction(static (result, _) => RunAsync(Read(result)));
        return command;
    }

    private static async Task<int> RunAsync(LoadOptions options)
    {
        LoadSession? session = null;
        return await CommandRunner.RunAsync(
            signals => (session = new LoadSession(options, signals, TimeProvider.System)).RunAsync(), () => session!.Interrupted);
    }

    private static LoadOptions Read(ParseResult result)
    {
        var url = result.GetValue(Url);
        var paths = result.GetValue(Paths) ?? [];
        var search = result.GetValue(UntilSaturated);
        return new LoadOptions(
            url,
            paths.Length == 0 && url is not null && url.PathAndQuery != "/" ? [url.PathAndQuery] : paths,
            Traffic.GetHeaders(result),
            result.GetValue(Rate) ?? UsualRate,
            result.GetValue(Duration) ?? (search ? TimeSpan.FromMinutes(2) : TimeSpan.FromSeconds(30)),
            result.GetValue(Profile),
            result.GetValue(From),
            result.GetValue(Peak),
            (int)(result.GetValue(Steps) ?? ProfileSettings.UsualSteps),
            result.GetValue(Arrivals),
            Traffic.GetSeed(result),
            Traffic.GetConnections(result),
            Traffic.GetTimeout(result),
            result.GetValue(Traffic.Insecure),
            search ? result.GetValue(Slo) ?? TimeSpan.FromMilliseconds(50) : null,
            Conditions.Get(result),
            result.GetValue(Conditions.Inconclusive),
            result.GetValue(Html),
            result.GetValue(Ledger),
            result.GetValue(Hdr),
            result.GetValue(Overwrite),
            result.GetValue(Output))
        {
            Workers = Worker.GetWorkers(result) is { } workers
                ? new LoadWorkers(
                    workers, result.GetValue(Worker.WorkerImage), result.GetValue(Namespace), result.GetValue(Context))
                : null,
        };
    }

    /// <summary>Rejects options that would be ignored: giving one means that the user misunderstands it.</summary>
    private static void RequireUseful(CommandResult result)
    {
        var profile = result.GetValue(Profile);
        var search = result.GetValue(UntilSaturated);
        OptionRules.Only(result, From, profile is ProfileKind.Ramp or ProfileKind.Diurnal, "--profile ramp or diurnal");
        OptionRules.Only(result, Peak, profile == ProfileKind.Spike, "--profile spike");
        OptionRules.Only(result, Steps, profile == ProfileKind.Steps, "--profile steps");
        OptionRules.Only(result, Slo, search, "--until-saturated");
        OptionRules.Only(
            result, Overwrite, new Option[] { Html, Ledger, Hdr }.Any(file => OptionRules.IsGiven(result, file)),
            $"{Html.Name}, {Ledger.Name} or {Hdr.Name}");
        Conditions.RequireUseful(result);
        foreach (Option option in new Option[] { Profile, Conditions.FailOn, Html, Ledger, Hdr })
        {
            if (search && OptionRules.IsGiven(result, option))
            {
                result.AddError($"{option.Name} cannot be combined with --until-saturated, which makes many runs at constant rates.");
            }
        }

        Worker.RequireUseful(result, Traffic, Namespace, Context);
        if (result.GetValue(Worker.InCluster))
        {
            if (result.GetResult(Url) is { Tokens.Count: > 0 })
            {
                result.AddError(
                    $"{Worker.InCluster.Name} sends to the productpage of {Namespace.Name}: leave the url out, and name other paths than "
                    + $"the usual ones with {Paths.Name}.");
            }

            foreach (Option option in new Option[] { Ledger, Hdr })
            {
                if (OptionRules.IsGiven(result, option))
                {
                    result.AddError(
                        $"{option.Name} cannot be combined with {Worker.InCluster.Name}: load workers keep no record of every request.");
                }
            }
        }

        var shortest = LoadSession.ShortestSearch(result.GetValue(Rate) ?? UsualRate);
        if (search && result.GetValue(Duration) < shortest)
        {
            result.AddError(string.Create(
                CultureInfo.InvariantCulture,
                $"{Duration.Name} '{result.GetResult(Duration)!.Tokens[0].Value}' is not allowed with --until-saturated at this --rate: "
                + $"each rate is tried at least twice, with at least {SaturationTrial.FewestRequests:0} requests, which takes at least "
                + $"{shortest.TotalSeconds:0.#}s."));
        }

        if (OptionRules.IsGiven(result, Paths) && result.GetValue(Url) is { PathAndQuery: not "/" } url)
        {
            result.AddError($"--path is given, but the url has a path as well ({url.PathAndQuery}): use one of the two.");
        }
    }
}
