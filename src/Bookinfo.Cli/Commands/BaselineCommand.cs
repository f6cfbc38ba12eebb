using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Bookinfo.Cli.Sessions;
using Bookinfo.Cli.Terminal;
using Bookinfo.Load;
using Bookinfo.Measurement;

namespace Bookinfo.Cli.Commands;

/// <summary>
/// <c>bookinfo baseline</c>: measures what the application costs at several rates, to compare it with another measurement, or measures two
/// systems in turns.
/// </summary>
internal static class BaselineCommand
{
    private const int MostRates = 20;

    private const string UsualRates = "50,200,500";
    private const string QuickRates = "50,200";
    private const int UsualRounds = 10;

    /// <summary>The rate of each of two systems: so low that requests do not overlap, to show best what a sidecar adds.</summary>
    private const string PairRates = "25";
    private const int QuickPairRounds = 5;
    private const int PairConnections = 4;

    private static readonly TimeSpan PairStep = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan PairWarmUp = TimeSpan.FromSeconds(4);

    private static readonly TimeSpan UsualStep = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan QuickStep = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan UsualWarmUp = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan QuickWarmUp = TimeSpan.FromSeconds(5);

    private static readonly TrafficOptions Traffic = new(
        "Determines the order of the steps; for two systems, also whose turn it is.", PairConnections);

    private static readonly Argument<Uri?> Url = TypedOptions.UrlArgument(
        TypedOptions.UrlName,
        "What to measure; without a path, its /productpage. [default: what 'up' runs here, else what 'deploy' deployed]");

    private static readonly Argument<Uri?> SecondUrl = TypedOptions.UrlArgument(
        "second url", "A second Bookinfo, such as one behind a mesh: measure both in turns of one request, and say by how much they "
            + "differ.");

    private static readonly Option<string?> Against = ClusterCommand.NamespaceAs(
        "--against", "Measure the pods in this namespace in turns with those of --namespace, and say by how much they differ.");

    private static readonly Option<Uri?> Control = TypedOptions.Url(
        "--control", "A third Bookinfo that is the same as the first, to see what no difference looks like. Only for two systems.");

    private static readonly Option<string?> Between = new("--between")
    {
        HelpName = "command",
        Description = "Run this with sh between rounds to restart both systems, so that the intervals include what differs from one start "
            + "to the next. Only for two systems.",
    };

    private static readonly Option<string> FileName = new("--name")
    {
        HelpName = "name",
        Description = "The name of the measurement: its files are NAME.json, NAME.html and NAME.md.",
        DefaultValueFactory = static _ => "baseline",
    };

    private static readonly Option<bool> Overwrite = new("--overwrite") { Description = "Replace files that exist." };

    private static readonly Option<string> Rates = new("--rates")
    {
        HelpName = "numbers",
        Description = $"Requests per second, separated by commas. [default: {UsualRates}; for two systems {PairRates} to each]",
    };

    private static readonly Option<long?> Rounds = TypedOptions.Whole(
        "--rounds",
        "How many rounds. Each sends every rate once, in random order; confidence intervals are over rounds. "
            + $"[default: {UsualRounds}]",
        1,
        BaselinePlan.MostRounds);

    private static readonly Option<TimeSpan?> Step = TypedOptions.Time(
        "--step", "How long each rate is sent in each round. [default: 5s; for two systems 20s]", TimeSpan.FromMilliseconds(100),
        TimeSpan.FromHours(1), "from 100ms to 1h");

    private static readonly Option<TimeSpan?> WarmUp = TypedOptions.Time(
        "--warm-up",
        "How long the highest rate is sent before the first round and after each --between. [default: 10s; for two systems 4s]",
        TimeSpan.Zero, TimeSpan.FromHours(1), "from 0s to 1h");

    private static readonly Option<bool> Quick = new("--quick")
    {
        Description = $"Take only a minute and a half: unless given, rates are {QuickRates}, steps 3s and the warm-up 5s. "
            + "For two systems take a little more than two minutes: 5 rounds unless given.",
    };

    private static readonly Option<bool> Shared = new(MeasurementLock.Option)
    {
        Description = "Measure even if another 'baseline' on this machine measures the same address or namespace.",
    };

    private static readonly WorkerOptions Worker = new();

    private static readonly Option<string?> Namespace = ClusterCommand.Namespace(
        "Measure the pods in this namespace, wherever the requests go. [default: bookinfo]");

    private static readonly Option<string?> Context = ClusterCommand.Context();

    private static readonly Option<OutputFormat> Output = TypedOptions.Output("How to write the outcome to stdout.");

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        FileCompletion.Offer(FileName.CompletionSources);
        FileName.Validators.Add(static result => OptionRules.Require(
            result,
            OptionRules.Token(result),
            FileName.Name,
            static text => OptionRules.IsFileName(text) && !Path.GetFileName(text).Any(char.IsControl),
            "must be the name of a file without its ending"));
        Rates.Validators.Add(static result => OptionRules.Require(
            result, OptionRules.Token(result), Rates.Name, static text => TryParseRates(text, out _),
            string.Create(CultureInfo.InvariantCulture, $"must be up to {MostRates} different numbers from {ProfileSettings.LowestRate} to "
                + $"{ProfileSettings.HighestRate:0}, such as {UsualRates}")));

        var command = new Command(
            "baseline", "Measure Bookinfo at several rates, several times each: latency of the page and of each hop with confidence "
                + "intervals, CPU, memory, start-up. Or measure two in turns, and say by how much they differ. Writes a report.")
        {
            Url, SecondUrl, FileName, Overwrite, Rates, Rounds, Step, WarmUp, Quick, Control, Between, Traffic.Headers, Traffic.Connections,
            Traffic.Timeout, Traffic.Insecure, Traffic.Seed, Shared, Worker.InCluster, Worker.Workers, Worker.WorkerImage, Namespace,
            Against, Context, Output,
        };
        OptionRules.RequireTogether(command, RequireUseful);
        command.SetAction(static (result, _) => RunAsync(Read(result)));
        return command;
    }

    private static async Task<int> RunAsync(BaselineOptions options)
    {
        return await CommandRunner.RunAsync(
            signals => options.AreTwo
                ? new PairSession(options, signals, TimeProvider.System).RunAsync()
                : new BaselineSession(options, signals, TimeProvider.System).RunAsync(),
            static () => "Interrupted before the first round was done: nothing was written.");
    }

    private static BaselineOptions Read(ParseResult result)
    {
        var quick = result.GetValue(Quick);
        var two = AreTwo(result.CommandResult);
        return new BaselineOptions(
            result.GetValue(Url),
            result.GetValue(FileName)!,
            result.GetValue(Overwrite),
            TryParseRates(result.GetValue(Rates) ?? (two ? PairRates : quick ? QuickRates : UsualRates), out var rates)
                ? rates
                : throw new FormatException(Rates.Name),
            (int)(result.GetValue(Rounds) ?? (two && quick ? QuickPairRounds : UsualRounds)),
            result.GetValue(Step) ?? (two ? PairStep : quick ? QuickStep : UsualStep),
            result.GetValue(WarmUp) ?? (two ? PairWarmUp : quick ? QuickWarmUp : UsualWarmUp),
            Traffic.GetHeaders(result),
            two && !OptionRules.IsGiven(result.CommandResult, Traffic.Connections) ? PairConnections : Traffic.GetConnections(result),
            Traffic.GetTimeout(result),
            result.GetValue(Traffic.Insecure),
            Traffic.GetSeed(result),
            result.GetValue(Namespace),
            result.GetValue(Context),
            result.GetValue(Worker.InCluster)
                || new Option[] { Namespace, Against, Context }.Any(option => OptionRules.IsGiven(result.CommandResult, option)),
            result.GetValue(Output))
        {
            Workers = Worker.GetWorkers(result),
            WorkerImage = result.GetValue(Worker.WorkerImage),
            SecondUrl = result.GetValue(SecondUrl),
            Against = result.GetValue(Against),
            Control = result.GetValue(Control),
            Between = result.GetValue(Between),
            Shared = result.GetValue(Shared),
        };
    }

    private static bool AreTwo(CommandResult result) =>
        result.GetResult(SecondUrl) is { Tokens.Count: > 0 } || OptionRules.IsGiven(result, Against);

    private static void RequireUseful(CommandResult result)
    {
        if (!AreTwo(result))
        {
            foreach (Option option in new Option[] { Control, Between })
            {
                if (OptionRules.IsGiven(result, option))
                {
                    result.AddError($"{option.Name} has no effect on one system: name a second one by its url or by {Against.Name}.");
                }
            }
        }
        else if (result.GetValue(Worker.InCluster))
        {
            result.AddError($"{Worker.InCluster.Name} measures only one system. Two are measured from this machine.");
        }
        else if (OptionRules.IsGiven(result, Namespace) && !OptionRules.IsGiven(result, Against))
        {
            result.AddError(
                $"{Namespace.Name} says where the pods of the first system are: name those of the second as well, with {Against.Name}.");
        }

        Worker.RequireUseful(result, Traffic);
    }

    private static bool TryParseRates(string text, out IReadOnlyList<double> rates)
    {
        var parsed = text.Split(',').Select(part => TypedOptions.ParseNumber(part.Trim(' '))).ToList();
        rates = [.. parsed.OfType<double>().Order()];
        return rates.Count == parsed.Count
            && rates.Count <= MostRates
            && rates.Distinct().Count() == rates.Count
            && rates.All(rate => rate is >= ProfileSettings.LowestRate and <= ProfileSettings.HighestRate);
    }
}
