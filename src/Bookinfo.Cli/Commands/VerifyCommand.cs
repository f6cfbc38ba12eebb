using System.CommandLine;
using System.CommandLine.Parsing;
using Bookinfo.Cli.Sessions;
using Bookinfo.Cli.Terminal;
using Bookinfo.Load;
using Bookinfo.Measurement;
using Bookinfo.Verification;

namespace Bookinfo.Cli.Commands;

/// <summary><c>bookinfo verify</c>: does a platform show what happened?</summary>
internal static class VerifyCommand
{
    private const double UsualRate = 50;

    private const int MostHours = 24;

    private static readonly TimeSpan UsualWait = TimeSpan.FromMinutes(2);

    private static readonly TrafficOptions Traffic = new("Determines the choice of requests. Trace ids are new in each run.");

    private static readonly Argument<Uri?> Url = TypedOptions.UrlArgument(
        TypedOptions.UrlName,
        $"Where to send requests. [default: the page of --namespace, or what 'up' runs here, else {TrafficOptions.LocalUrl}]");

    private static readonly Option<double?> Rate = TypedOptions.Number(
        "--rate", "Requests per second. [default: 50]", ProfileSettings.LowestRate, ProfileSettings.HighestRate);

    private static readonly Option<TimeSpan?> Duration = TypedOptions.Time(
        "--duration", "How long to send, such as 30s, 5m or 1h. [default: 30s]", TimeSpan.FromMilliseconds(100),
        TimeSpan.FromHours(MostHours), $"from 100ms to {MostHours}h");

    private static readonly Option<long?> Requests = TypedOptions.Whole(
        "--requests", "How many requests to send, instead of --duration.", 1, 100_000_000);

    private static readonly Option<string[]> Paths = new("--path")
    {
        HelpName = "path",
        Description = "Request this path instead of the usual mix of 'load'. May be repeated.",
        AllowMultipleArgumentsPerToken = false,
    };

    private static readonly Option<string?> Ledger = new("--ledger")
    {
        HelpName = "file",
        Description = "Send nothing: verify the run that 'load --ledger' or an earlier 'verify' recorded in this file.",
    };

    private static readonly Option<string?> Keep = new("--keep")
    {
        HelpName = "file",
        Description = "Where to keep the ledger of the run. [default: a file in artifacts/verify]",
    };

    private static readonly Option<bool> Overwrite = new("--overwrite") { Description = "Replace the file of --keep if it exists." };

    private static readonly Option<Uri?> Prometheus = TypedOptions.Url(
        "--prometheus",
        "Verify metrics in this Prometheus, or in whatever else has its query API. [default: the one of 'up --prometheus']");

    private static readonly Option<Uri?> Aspire = TypedOptions.Url(
        "--aspire",
        "Verify traces and log records in this Aspire dashboard. [default: the one of 'up --dashboard']");

    private static readonly Option<Uri?> Jaeger = TypedOptions.PlatformUrl(
        "--jaeger", "Verify traces in this Jaeger: where its page is. May hold user and password.");

    private static readonly Option<Uri?> Tempo = TypedOptions.PlatformUrl(
        "--tempo", "Verify traces in this Grafana Tempo: where its API is, such as port 3200.");

    private static readonly Option<Uri?> Zipkin = TypedOptions.PlatformUrl("--zipkin", "Verify traces in this Zipkin.");

    private static readonly Option<double?> Sampling = TypedOptions.Number(
        "--sampling", "Which share of the traces is taken, by the sampler of the services or behind them. [default: 1]", 0.000001, 1);

    private static readonly Option<long?> OtlpListen = TypedOptions.Whole(
        "--otlp-listen",
        "Be the platform: verify traces and log records that the services send by gRPC to this port of 127.0.0.1, or by http/protobuf to "
        + "the next one. Their OTEL_EXPORTER_OTLP_ENDPOINT must lead there.", 1, ushort.MaxValue - 1);

    private static readonly Option<Uri?> Forward = TypedOptions.Url(
        "--forward", "Send on to this address what comes to the port of --otlp-listen, by the protocol by which it came.");

    private static readonly Option<string?> Logs = new("--logs")
    {
        HelpName = "path",
        Description = "Verify access logs in this file, or in the files of this directory that end in .log. Those of 'up' are in "
            + "artifacts/logs.",
    };

    private static readonly Option<bool> PodLogs = new("--pod-logs")
    {
        Description = "Verify access logs as 'kubectl logs' shows them: those of the pods of a Bookinfo in a cluster (--namespace, "
            + "--context). They are followed from the start of the run, so that pods may come and go meanwhile.",
    };

    private static readonly FaultPlaceOptions Place = new();

    private static readonly Option<Uri?> Loki = TypedOptions.PlatformUrl(
        "--loki", "Verify access logs in this Grafana Loki: where its API is, such as port 3100.");

    private static readonly Option<string?> LokiQuery = new("--loki-query")
    {
        HelpName = "logql",
        Description = $"Which lines of --loki are Bookinfo's. [default: {LokiLogs.UsualQuery}]",
    };

    private static readonly Option<string?> Tenant = new("--tenant")
    {
        HelpName = "name",
        Description = "Whose traces and lines to ask --tempo and --loki for, where these keep several tenants (X-Scope-OrgID).",
    };

    private static readonly Option<Uri?> Elasticsearch = TypedOptions.PlatformUrl(
        "--elasticsearch", "Verify access logs in this Elasticsearch.");

    private static readonly Option<string?> Index = new("--index")
    {
        HelpName = "pattern",
        Description = $"Which indices of --elasticsearch have the lines. [default: {ElasticsearchLogs.UsualIndex}]",
    };

    private static readonly Option<string> Select = new("--select")
    {
        HelpName = "labels",
        Description = "Look only at targets with these labels, such as 'namespace=\"bookinfo\"', in a Prometheus that scrapes several "
            + "Bookinfos; with --scenario or --schedule, only at such alerts. In the syntax of PromQL, without braces.",
        DefaultValueFactory = static _ => "",
    };

    private static readonly Option<TimeSpan?> Wait = TypedOptions.Time(
        "--wait",
        "How long to wait for figures to stand still after the run, at most. With --scenario or --schedule: how much longer than declared "
            + "to wait for each symptom and alert. [default: 2m]",
        TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(30), "from 1s to 30m");

    private static readonly Option<bool> App = new("--app")
    {
        Description = "Check the application only: what it answers, which versions it serves, what it passes on, probes and metrics. No "
            + "run is made, and no platform is asked.",
    };

    private static readonly Option<bool> NoApp = new("--no-app")
    {
        Description = "Do not check the application itself before the run.",
    };

    private static readonly VerifyScenarioOptions Scenario = new();

    private static readonly VerifyScheduleOptions Schedule = new();

    private static readonly Option<VerifyFormat> Output = TypedOptions.Name<VerifyFormat>(
        "--output", "table|json|junit|html",
        "How to write the report to stdout. html: a page that needs no network. [default: table]", "table, json, junit or html");

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        OtlpListen.HelpName = "port";
        FileCompletion.Offer(Logs.CompletionSources);
        Tenant.Validators.Add(static result => OptionRules.Require(
            result, result.GetValue(Tenant), Tenant.Name,
            static name => name.Length > 0 && name.All(static letter => char.IsAscii(letter) && !char.IsControl(letter)),
            "must be a name in ASCII"));
        OptionRules.RequireEach(Paths, RequestTemplate.IsPath, "must begin with / and have no spaces and no fragment (#)");
        OptionRules.RequireAtMost(Paths, TrafficMix.MostTemplates);
        var command = new Command(
            "verify", "Say whether the application obeys its contract; then send requests, or take a ledger of some, and say whether "
                + "metrics, traces and logs in a platform show exactly what happened: each request by service, version, route and "
                + "status, each call by edge, latencies by bucket, the whole trace of each request, a line for each request and service. "
                + $"Exits with {ExitCode.TelemetryDiffers} if something is not so, and with {ExitCode.TelemetryUnchecked} if some of it "
                + "could not be checked.")
        {
            Url, Prometheus, Select, Aspire, Jaeger, Tempo, Zipkin, Sampling, OtlpListen, Forward, Logs, PodLogs, Loki, LokiQuery,
            Tenant, Elasticsearch, Index, Wait, Rate, Duration, Requests, Paths, Traffic.Seed, Traffic.Headers, Traffic.Connections,
            Traffic.Timeout, Traffic.Insecure, Keep, Overwrite, Ledger, App, NoApp, Output,
        };
        foreach (var option in Place.OfCluster)
        {
            command.Options.Add(option);
        }

        Scenario.AddTo(command);
        Schedule.AddTo(command);
        OptionRules.RequireTogether(command, RequireUseful);
        command.SetAction(static (result, _) => RunAsync(result));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult result)
    {
        if (ReadScenario(result) is { } scenario)
        {
            return await CommandRunner.RunAsync(
                signals => new VerifyScenarioSession(scenario, signals, TimeProvider.System).RunAsync());
        }

        if (ReadSchedule(result) is { } schedule)
        {
            return await CommandRunner.RunAsync(
                signals => new VerifyScheduleSession(schedule, signals, TimeProvider.System).RunAsync());
        }

        var options = Read(result);
        VerifySession? session = null;
        return await CommandRunner.RunAsync(
            signals => (session = new VerifySession(options, signals, TimeProvider.System)).RunAsync(), () => session!.Interrupted);
    }

    private static VerifyScenarioRequest? ReadScenario(ParseResult result) => Scenario.Read(
        result, Place.Get(result, result.GetValue(Url)), ReadPlatforms(result), result.GetValue(Wait) ?? UsualWait,
        Traffic.GetSeed(result), result.GetValue(Output));

    private static VerifyScheduleRequest? ReadSchedule(ParseResult result) => Schedule.Read(
        result, result.GetValue(Prometheus), result.GetValue(Select)!, result.GetValue(Wait) ?? UsualWait, result.GetValue(Output));

    private static VerifyOptions Read(ParseResult result)
    {
        var rate = result.GetValue(Rate) ?? UsualRate;
        var duration = result.GetValue(Requests) is { } requests
            ? TimeSpan.FromSeconds(ConstantProfile.SecondsFor(requests, rate))
            : result.GetValue(Duration) ?? TimeSpan.FromSeconds(30);
        var place = Place.Get(result, result.GetValue(Url));
        return new VerifyOptions(
            result.GetValue(PodLogs) ? place with { Namespace = place.UsedNamespace } : place,
            result.GetValue(App) ? AppChoice.Only : result.GetValue(NoApp) ? AppChoice.None : AppChoice.Before,
            result.GetValue(Paths) ?? [],
            rate,
            duration,
            new RequestSettings(
                Traffic.GetHeaders(result), Traffic.GetConnections(result), Traffic.GetTimeout(result), result.GetValue(Traffic.Insecure)),
            Traffic.GetSeed(result),
            result.GetValue(Ledger),
            result.GetValue(Keep),
            result.GetValue(Overwrite),
            result.GetValue(PodLogs),
            ReadPlatforms(result),
            result.GetValue(Wait) ?? UsualWait,
            result.GetValue(Output));
    }

    private static VerifiedPlatforms ReadPlatforms(ParseResult result) => new()
    {
        Prometheus = result.GetValue(Prometheus),
        Select = result.GetValue(Select)!,
        Aspire = result.GetValue(Aspire),
        Sampling = result.GetValue(Sampling) ?? 1,
        OtlpPort = (int?)result.GetValue(OtlpListen),
        Forward = result.GetValue(Forward),
        Logs = result.GetValue(Logs),
        Jaeger = result.GetValue(Jaeger),
        Tempo = result.GetValue(Tempo),
        Zipkin = result.GetValue(Zipkin),
        Loki = result.GetValue(Loki),
        LokiQuery = result.GetValue(LokiQuery) ?? LokiLogs.UsualQuery,
        Tenant = result.GetValue(Tenant),
        Elasticsearch = result.GetValue(Elasticsearch),
        Index = result.GetValue(Index) ?? ElasticsearchLogs.UsualIndex,
    };

    private static void RequireUseful(CommandResult result)
    {
        OptionRules.Only(
            result, Tenant, OptionRules.IsGiven(result, Tempo) || OptionRules.IsGiven(result, Loki), $"{Tempo.Name} or {Loki.Name}");
        if (Scenario.Require(
                result, [Prometheus, Select, Aspire, Jaeger, Tempo, Tenant, Zipkin, Wait, Traffic.Seed, Output, .. Place.OfCluster])
            || Schedule.Require(result, Url, Prometheus, Select, Wait, Output))
        {
            return;
        }

        if (OptionRules.IsGiven(result, App))
        {
            RequireAppOnly(result);
            return;
        }

        if (OptionRules.IsGiven(result, Requests) && OptionRules.IsGiven(result, Duration))
        {
            result.AddError($"{Requests.Name} and {Duration.Name} cannot be combined: use one of the two.");
        }

        if (result.GetValue(Requests) is { } requests
            && ConstantProfile.SecondsFor(requests, result.GetValue(Rate) ?? UsualRate) > TimeSpan.FromHours(MostHours).TotalSeconds)
        {
            result.AddError(
                $"{Requests.Name} '{requests}' is not allowed at this {Rate.Name}: to send them would take more than {MostHours}h.");
        }

        OptionRules.Only(result, Forward, OptionRules.IsGiven(result, OtlpListen), OtlpListen.Name);
        OptionRules.Only(result, LokiQuery, OptionRules.IsGiven(result, Loki), Loki.Name);
        OptionRules.Only(result, Index, OptionRules.IsGiven(result, Elasticsearch), Elasticsearch.Name);
        if (!OptionRules.IsGiven(result, Ledger))
        {
            OptionRules.Only(result, Overwrite, OptionRules.IsGiven(result, Keep), Keep.Name);
            return;
        }

        foreach (var option in Place.OfCluster)
        {
            OptionRules.Only(result, option, OptionRules.IsGiven(result, PodLogs), PodLogs.Name);
        }

        Option[] ofRun =
        [
            Rate, Duration, Requests, Paths, OtlpListen, Keep, Overwrite, Traffic.Seed, Traffic.Headers, Traffic.Connections,
            Traffic.Timeout, Traffic.Insecure, NoApp,
        ];
        foreach (var option in ofRun)
        {
            if (OptionRules.IsGiven(result, option))
            {
                result.AddError($"{option.Name} has no effect with {Ledger.Name}: nothing is sent.");
            }
        }

        if (result.GetResult(Url) is { Tokens.Count: > 0 })
        {
            result.AddError($"Leave the url out with {Ledger.Name}: nothing is sent.");
        }
    }

    /// <summary>Rejects what is about a run, or a platform.</summary>
    private static void RequireAppOnly(CommandResult result)
    {
        foreach (var option in result.Command.Options.Except(
            [App, Output, Traffic.Headers, Traffic.Timeout, Traffic.Insecure, .. Place.OfCluster]))
        {
            if (OptionRules.IsGiven(result, option))
            {
                result.AddError($"{option.Name} has no effect with {App.Name}: nothing but the application is checked.");
            }
        }
    }
}
