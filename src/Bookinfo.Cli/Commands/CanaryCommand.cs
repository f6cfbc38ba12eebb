using System.CommandLine;
using Bookinfo.Cli.Sessions;
using Bookinfo.Cli.Terminal;
using Bookinfo.Load;
using Bookinfo.Measurement;

namespace Bookinfo.Cli.Commands;

/// <summary>
/// <c>bookinfo canary</c>: divides the requests to reviews among its versions, at once or in steps that are judged, and says who gets what.
/// </summary>
internal static class CanaryCommand
{
    private const double UsualRate = 50;
    private const int UsualPods = 10;

    private static readonly TimeSpan UsualEvery = TimeSpan.FromSeconds(30);

    private static readonly Argument<VersionShares?> Shares = new("shares")
    {
        HelpName = "v1=80,v3=20",
        Description = "What part of the requests each version of reviews is to get, in whole percent, 100 in all.",
        CustomParser = static result =>
        {
            if (result.Tokens is not [var token])
            {
                return null;
            }

            var shares = VersionShares.TryParse(token.Value, out var problem);
            if (problem is not null)
            {
                result.AddError($"shares '{token.Value}' is not allowed: it {problem}.");
            }

            return shares;
        },
    };

    private static readonly Argument<string> Version = new("version")
    {
        HelpName = string.Join('|', VersionShares.AllVersions),
        Description = "The version of reviews that is to get all requests.",
        Validators =
        {
            static result =>
            {
                if (result.Tokens is [var token] && !VersionShares.AllVersions.Contains(token.Value))
                {
                    result.AddError(
                        $"version '{token.Value}' is not allowed: it must be one of {string.Join(", ", VersionShares.AllVersions)}.");
                }
            },
        },
    };

    private static readonly Option<long?> Step = TypedOptions.Whole(
        "--step", "Go there in steps of at most so many percentage points, and send page views in each.", 1, 100);

    private static readonly Option<TimeSpan?> Every = TypedOptions.Time(
        "--every", "How long page views are sent in each step. [default: 30s]", TimeSpan.FromSeconds(1), TimeSpan.FromHours(24),
        "from 1s to 24h");

    private static readonly Option<double?> Rate = TypedOptions.Number(
        "--rate", "Page views per second that are sent to measure. [default: 50]", ProfileSettings.LowestRate, 1000);

    private static readonly ConditionOptions<LoadCondition> Conditions = new(
        "Go back at once if this is violated in a step, and exit with 17: error-rate>1%, 'p99>200ms', v3:error-rate>0.5%. May be "
            + "repeated. If a step has too few page views to decide it: go back, and exit with 15.",
        LoadCondition.Grammar,
        LoadCondition.TryParse,
        "If a condition of --fail-on cannot be decided: go on (pass), or go back and exit with 17 (fail). [default: go back and exit with "
            + "15]");

    private static readonly Option<TimeSpan?> Duration = TypedOptions.Time(
        "--duration", "How long page views are sent. [default: 4s]", TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1),
        "from 100ms to 1h");

    private static readonly Option<long?> Port = TypedOptions.Whole(
        "--port", "The port of the page of 'bookinfo up'. [default: that of the one that runs here, if any]", 1, ushort.MaxValue);

    private static readonly Option<string?> Namespace = ClusterCommand.Namespace(
        "The namespace of Bookinfo in a cluster, even if 'up' runs here. [default: bookinfo]");

    private static readonly Option<string?> Context = ClusterCommand.Context();

    private static readonly Option<long?> Pods = TypedOptions.Whole(
        "--pods", "The most pods of reviews in a cluster without routes, where their number divides requests.", 1, 100, UsualPods);

    private static readonly Option<TimeSpan?> Timeout = ClusterCommand.Timeout(
        "How long pods may take to become ready after each change. [default: 2m]");

    private static readonly Option<OutputFormat> Output = TypedOptions.Output("How to write the outcome to stdout.");

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var command = new Command(
            "canary", "Divide the requests to reviews among its versions: under 'up' by the weights of productpage's client; in a cluster "
                + "by an HTTPRoute or VirtualService of Bookinfo's components if there is one, else by the number of pods.");
        command.Subcommands.Add(Set());
        command.Subcommands.Add(Status());
        command.Subcommands.Add(Promote());
        command.Subcommands.Add(Rollback());
        return command;
    }

    private static Command Set()
    {
        var command = new Command(
            "set", "Set the shares, at once or in steps that are judged by page views sent meanwhile. Ctrl-C leaves what is set by then.")
        {
            Shares, Step, Every, Rate, Conditions.FailOn, Conditions.Inconclusive, Pods, Timeout, Port, Namespace, Context, Output,
        };
        OptionRules.RequireTogether(command, static result =>
        {
            foreach (var option in new Option[] { Every, Rate, Conditions.FailOn })
            {
                OptionRules.Only(result, option, OptionRules.IsGiven(result, Step), Step.Name);
            }

            Conditions.RequireUseful(result);
        });
        command.SetAction(static (result, _) =>
        {
            var rule = result.GetValue(Conditions.Inconclusive);
            var walk = result.GetValue(Step) is { } points
                ? new CanaryWalkOptions(
                    (int)points, result.GetValue(Every) ?? UsualEvery, result.GetValue(Rate) ?? UsualRate, Conditions.Get(result),
                    NeedsProof: rule != InconclusiveRule.Pass)
                : null;
            return RunAsync(result, session => session.SetAsync(result.GetValue(Shares)!, walk, rule));
        });
        return WithPlace(command);
    }

    private static Command Status()
    {
        var command = new Command(
            "status", "Show the shares that are asked for, and those that page views get that are sent now, with 95% confidence intervals.")
        {
            Rate, Duration, Port, Namespace, Context, Output,
        };
        command.SetAction(static (result, _) => RunAsync(
            result, session => session.StatusAsync(result.GetValue(Rate) ?? UsualRate, result.GetValue(Duration))));
        return WithPlace(command);
    }

    private static Command Promote()
    {
        var command = new Command("promote", "Give all requests to one version.")
        {
            Version, Pods, Timeout, Port, Namespace, Context, Output,
        };
        command.SetAction(static (result, _) => RunAsync(
            result, session => session.SetAsync(VersionShares.All(result.GetValue(Version)!), walk: null, rule: null)));
        return WithPlace(command);
    }

    private static Command Rollback()
    {
        var command = new Command("rollback", "Go back to how requests were divided before the first 'set' or 'promote'.")
        {
            Timeout, Port, Namespace, Context, Output,
        };
        command.SetAction(static (result, _) => RunAsync(result, static session => session.RollbackAsync()));
        return WithPlace(command);
    }

    private static Command WithPlace(Command command)
    {
        OptionRules.RequireTogether(command, static result =>
        {
            foreach (var option in new Option[] { Namespace, Context })
            {
                if (OptionRules.IsGiven(result, option) && OptionRules.IsGiven(result, Port))
                {
                    result.AddError($"{option.Name} names a cluster, and {Port.Name} an 'up' on this machine: use one of the two.");
                }
            }
        });
        return command;
    }

    private static async Task<int> RunAsync(ParseResult result, Func<CanarySession, Task<int>> work)
    {
        var options = new CanaryOptions(
            (int?)result.GetValue(Port),
            result.GetValue(Namespace),
            result.GetValue(Context),
            (int)(result.GetValue(Pods) ?? UsualPods),
            result.GetValue(Timeout) ?? ClusterCommand.UsualTimeout,
            result.GetValue(Output));
        CanarySession? session = null;
        return await CommandRunner.RunAsync(
            signals => work(session = new CanarySession(options, signals, TimeProvider.System)), () => session!.Interrupted);
    }
}
