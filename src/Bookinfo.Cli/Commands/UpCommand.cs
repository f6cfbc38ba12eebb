using System.CommandLine;
using System.CommandLine.Parsing;
using Bookinfo.Cli.Terminal;
using Bookinfo.Cli.Views;
using Bookinfo.Contracts;
using Bookinfo.Foundation;
using Bookinfo.Local;

namespace Bookinfo.Cli.Commands;

/// <summary><c>bookinfo up</c>: builds what is needed and runs the application on this machine until it is told to stop.</summary>
internal static class UpCommand
{
    /// <summary>The services beside productpage, in the order of their ports.</summary>
    private static readonly IEnumerable<string> BackendsByPort = ServiceCatalog.All.Where(service => service != ServiceCatalog.ProductPage)
        .OrderBy(service => service.Versions[0].LocalPort)
        .Select(service => service.Versions.Count == 1
            ? service.Name
            : $"{service.Name} {string.Join(", ", service.Versions.Select(version => version.Version))}");

    /// <summary>How soon it is to be noticed that nobody reads any more.</summary>
    private static readonly TimeSpan ReaderInterval = TimeSpan.FromSeconds(1);

    private static readonly string[] AllReviews = [.. ServiceCatalog.Reviews.Versions.Select(version => version.Version)];

    private static readonly Option<bool> Native = new("--native")
    {
        Description = "Compile the services to native code and run that: they start in a fraction of the time and need half the memory. "
            + "The first time that takes minutes. Needs clang.",
    };

    private static readonly Option<int> Port = TypedOptions.Port(
        "--port",
        "The port of productpage, the page to open.",
        ServiceCatalog.ProductPage.Versions[0].LocalPort);

    private static readonly Option<int> BackendPort = TypedOptions.Port(
        "--backend-port",
        $"The first port of the other services; each has the next: {string.Join(", ", BackendsByPort)}.",
        ServiceCatalog.Details.Versions[0].LocalPort,
        ushort.MaxValue + 1 - LocalPlan.BackendPorts);

    private static readonly Option<string> Reviews = new("--reviews")
    {
        HelpName = "versions",
        Description = "Which versions of reviews to run, separated by commas. v1 has no stars, v2 black ones, v3 red ones.",
        DefaultValueFactory = static _ => string.Join(',', AllReviews),
    };

    private static readonly Option<string[]> Environment = new("--env")
    {
        HelpName = "[service:]NAME=VALUE",
        Description = "Set an environment variable of all services, of one (ratings:SERVICE_VERSION=v-delayed) or of one version "
            + "(reviews-v2:STAR_COLOR=blue). May be repeated.",
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = false,
    };

    private static readonly Option<bool> Prometheus = new("--prometheus")
    {
        Description = "Run Prometheus as well: it scrapes the services and evaluates the rules and alerts of observability/. "
            + "It must be installed.",
    };

    private static readonly Option<int> PrometheusPort = TypedOptions.Port(
        "--prometheus-port",
        "The port of Prometheus.",
        PrometheusProcess.UsualPort);

    private static readonly Option<bool> Dashboard = new("--dashboard")
    {
        Description = "Run the Aspire dashboard as well: it shows traces, logs and metrics of the services, which send them to it by OTLP. "
            + "It is downloaded when first asked for (80 MB).",
    };

    private static readonly Option<int> DashboardPort = TypedOptions.Port(
        "--dashboard-port",
        "The port of the dashboard.",
        DashboardProcess.UsualPort);

    private static readonly Option<long?> ManagementPort = TypedOptions.Whole(
        "--management-port",
        $"The first of the {LocalPlan.ManagementPorts} ports where services take faults ('bookinfo scenario'). [default: free ones, from "
            + "--port + 20 on]",
        1,
        ushort.MaxValue + 1 - LocalPlan.ManagementPorts);

    private static readonly Option<bool> NoBuild = new("--no-build")
    {
        Description = "Build nothing; run what was built last.",
    };

    private static readonly Option<OutputFormat> Output = TypedOptions.Output(
        "How to write the state of the services to stdout. json: one object a line, when all are ready and at each change.");

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        Reviews.Validators.Add(RequireVersions);
        Environment.Validators.Add(RequireSettings);

        var command = new Command(
            "up",
            "Build Bookinfo and run it on this machine: all services, reviews in three versions. Ctrl-C stops it. It listens on localhost "
                + "only; docs/settings.md says how to let others reach it.")
        {
            Native, Port, BackendPort, Reviews, Environment, Prometheus, PrometheusPort, Dashboard, DashboardPort, ManagementPort,
            NoBuild, Output,
        };
        OptionRules.RequireTogether(command, static result =>
        {
            OptionRules.Only(result, PrometheusPort, result.GetValue(Prometheus), Prometheus.Name);
            OptionRules.Only(result, DashboardPort, result.GetValue(Dashboard), Dashboard.Name);
        });
        command.SetAction(static (result, _) => RunAsync(
            new LocalOptions(
            result.GetValue(Native),
            result.GetValue(Port),
            result.GetValue(BackendPort),
            SplitVersions(result.GetValue(Reviews)),
            [.. (result.GetValue(Environment) ?? []).Select(
                text => EnvironmentSetting.TryParse(text, out var setting, out var error) ? setting : throw new FormatException(error))],
            result.GetValue(Prometheus) ? result.GetValue(PrometheusPort) : null,
            (int?)result.GetValue(ManagementPort),
            result.GetValue(Dashboard) ? result.GetValue(DashboardPort) : null),
            build: !result.GetValue(NoBuild),
            result.GetValue(Output)));
        return command;
    }

    private static async Task<int> RunAsync(LocalOptions options, bool build, OutputFormat output)
    {
        RequireDistinctPorts(options);
        var time = TimeProvider.System;
        var tree = SourceTree.Find();
        await using var reader = time.CreateTimer(static _ => ToolOutput.LookForReader(), null, ReaderInterval, ReaderInterval);
        await TellWhatHasNoEffectAsync(options);
        return await CommandRunner.RunAsync(
            async signals =>
            {
                var progress = new WorkProgress(time);
                var services = new ServiceBuild(tree, progress, time);
                // Before builds and downloads as well: whoever has to choose another port need not wait for them.
                PortCheck.RequireFree(CreatePlan(options, tree));
                if (build)
                {
                    await services.RunAsync(options.Native, signals.Stop);
                }
                else
                {
                    services.RequireBuilt(options.Native);
                }

                if (options.DashboardPort is not null)
                {
                    await new DashboardPackage(tree, progress, time).RestoreAsync(signals.Stop);
                }

                return await RunAsync(options, output, tree, signals, time);
            },
            // It stops as well when whoever read the state of the services from stdout has gone.
            alsoStop: ToolOutput.Data.Lost);
    }

    private static async Task<int> RunAsync(
        LocalOptions options, OutputFormat output, SourceTree tree, StopSignals signals, TimeProvider time)
    {
        // Before the lock, which only knows that another run has it: the line about a port that is taken says by whom.
        PortCheck.RequireFree(CreatePlan(options, tree));
        using var lockOfLogs = RunLock.Take(tree, options.Port);
        var plan = LocalPlan.Begin(options, tree, System.Environment.GetEnvironmentVariables(), PortCheck.IsFree);

        using var prometheus = options.PrometheusPort is null ? null : new PrometheusFiles(tree, options.Port, plan);
        var view = CreateView(options, output, plan, tree, time);
        var ready = false;
        using var system = new LocalSystem(plan, tree, time, view.Changed);
        using var killing = signals.Kill.Register(system.Kill);
        IReadOnlyList<string> killed;
        try
        {
            system.Start();
            view.Started(system);
            await system.WaitUntilReadyAsync(signals.Stop);
            ready = true;
            view.Ready(system);
            await system.KeepRunningAsync(signals.Stop);
        }
        catch (OperationCanceledException) when (signals.Stop.IsCancellationRequested)
        {
            // That is how it ends.
        }
        finally
        {
            view.Stopping();
            killed = await system.StopAsync();
            await view.DisposeAsync();
        }

        foreach (var (service, problem) in system.IncompleteLogs)
        {
            await ToolOutput.Messages.WriteLineAsync($"The log of {service} is not complete: {problem}");
        }

        if (signals.Kill.IsCancellationRequested)
        {
            await ToolOutput.Messages.WriteLineAsync("Killed.");
            return ExitCode.Interrupted;
        }

        await ToolOutput.Messages.WriteLineAsync(
            killed.Count == 0 ? "Stopped." : $"Stopped; {string.Join(", ", killed)} did not stop in time and had to be killed.");
        return ready ? ExitCode.Success : ExitCode.Interrupted;
    }

    /// <summary>
    /// Says which settings do nothing. They are named without their values, which may be secrets. A setting without effect is not an error:
    /// a shell may have it for something else, and a library may read what no service does.
    /// </summary>
    private static async Task TellWhatHasNoEffectAsync(LocalOptions options)
    {
        if (InheritedEnvironment.FindLeftOut(System.Environment.GetEnvironmentVariables()) is { Count: > 0 } leftOut)
        {
            await ToolOutput.Messages.WriteLineAsync(
                $"Not passed on from your environment, as they may be meant for one service: {string.Join(", ", leftOut)}. Use --env.");
        }

        if (options.Environment.Where(setting => setting.IsUnknown).Select(setting => setting.Name).Distinct().ToList()
            is { Count: > 0 } unknown)
        {
            await ToolOutput.Messages.WriteLineAsync($"Passed on, although no service has such a setting: {string.Join(", ", unknown)}.");
        }
    }

    private static LocalPlan CreatePlan(LocalOptions options, SourceTree tree) =>
        LocalPlan.Create(options, tree, System.Environment.GetEnvironmentVariables(), PortCheck.IsFree);

    private static IStatusView CreateView(LocalOptions options, OutputFormat output, LocalPlan plan, SourceTree tree, TimeProvider time)
    {
        if (output == OutputFormat.Json)
        {
            return new JsonStatusView(ToolOutput.Data, plan);
        }

        string[] metrics = plan.Prometheus is null ? [] : [$"Metrics, rules and alerts are in Prometheus: {plan.Prometheus}"];
        string[] traces = plan.Dashboard is null ? [] : [$"Traces, logs and metrics are in the dashboard: {plan.Dashboard}"];
        string[] footer =
        [
            $"Open {plan.Page}", .. metrics, .. traces, $"Logs are in {tree.Relative(tree.Logs(options.Port))}. Ctrl-C stops everything.",
        ];
        return ToolOutput.DataTerminal is { } terminal
            ? new LiveStatusView(terminal, footer, time)
            : new PlainStatusView(ToolOutput.Data, ToolOutput.Messages, footer);
    }

    private static string[] SplitVersions(string? text) =>
        (text ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static void RequireVersions(OptionResult result)
    {
        var text = result.GetValueOrDefault<string>() ?? "";
        var versions = SplitVersions(text);
        if (versions.Length == 0 || versions.Except(AllReviews).Any())
        {
            result.AddError(
                $"--reviews '{text}' is not allowed: it must be one or more of {string.Join(", ", AllReviews)}, separated by commas.");
        }
    }

    private static void RequireSettings(OptionResult result)
    {
        foreach (var token in result.Tokens)
        {
            if (!EnvironmentSetting.TryParse(token.Value, out _, out var error))
            {
                result.AddError($"--env {error}");
            }
        }
    }

    private static void RequireDistinctPorts(LocalOptions options)
    {
        if (options.ManagementPort is { } management
            && LocalPlan.PortsOf(options).FirstOrDefault(port => port >= management && port < management + LocalPlan.ManagementPorts)
                is > 0 and var clash)
        {
            throw new OperationFailedException(
                FailureKind.InvalidRequest, $"--management-port {management} and the ports after it, to "
                    + $"{management + LocalPlan.ManagementPorts - 1}, include {clash}, which another process of this run has: choose "
                    + "another.");
        }

        var last = options.BackendPort + LocalPlan.BackendPorts - 1;
        if (options.Port >= options.BackendPort && options.Port <= last)
        {
            throw new OperationFailedException(
                FailureKind.InvalidRequest,
                $"--port {options.Port} is one of the backends' ports, {options.BackendPort} to {last}: "
                    + "choose another, or another --backend-port.");
        }

        RequireNoServicePort("--prometheus-port", options.PrometheusPort);
        RequireNoServicePort("--dashboard-port", options.DashboardPort);
        if (options.DashboardPort is { } dashboard && dashboard == options.PrometheusPort)
        {
            throw new OperationFailedException(
                FailureKind.InvalidRequest, $"--dashboard-port {dashboard} is that of Prometheus as well: choose another.");
        }

        void RequireNoServicePort(string option, int? chosen)
        {
            if (chosen is { } port && (port == options.Port || (port >= options.BackendPort && port <= last)))
            {
                throw new OperationFailedException(
                    FailureKind.InvalidRequest, $"{option} {port} is a port of the services, {options.Port} or "
                        + $"{options.BackendPort} to {last}: choose another.");
            }
        }
    }
}
