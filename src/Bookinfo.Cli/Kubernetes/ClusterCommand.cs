using System.CommandLine;
using Bookinfo.Cli.Local;

namespace Bookinfo.Cli.Kubernetes;

/// <summary>What the commands that talk to a cluster have in common: options, Ctrl-C, and what a failed request ends them with.</summary>
internal static class ClusterCommand
{
    /// <summary>Makes <c>--context</c>.</summary>
    public static Option<string?> Context() => new("--context")
    {
        HelpName = "name",
        Description = "The context of kubectl's configuration, that is the cluster and the user. [default: the current one]",
    };

    /// <summary>Makes <c>--namespace</c>.</summary>
    /// <param name="description">What the namespace is for.</param>
    public static Option<string?> Namespace(string description)
    {
        var option = new Option<string?>("--namespace", "-n") { HelpName = "name", Description = description };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !IsLabel(token.Value))
            {
                result.AddError($"--namespace '{token.Value}' is not allowed: it must be 1 to 63 of a-z, 0-9 and -, without - at either end.");
            }
        });
        return option;
    }

    /// <summary>Makes <c>--output</c>.</summary>
    /// <param name="description">What is written.</param>
    public static Option<OutputFormat> Output(string description)
    {
        var option = new Option<OutputFormat>("--output") { HelpName = "table|json", Description = $"{description} [default: table]" };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !Enum.GetNames<OutputFormat>().Contains(token.Value, StringComparer.OrdinalIgnoreCase))
            {
                result.AddError($"--output '{token.Value}' is not allowed: it must be table or json.");
            }
        });
        return option;
    }

    /// <summary>Connects and does the work.</summary>
    /// <param name="context">The context of <c>--context</c>.</param>
    /// <param name="work">The work; its result is the exit code.</param>
    /// <param name="interrupted">What to say of the state that is left after Ctrl-C.</param>
    public static async Task<int> RunAsync(
        string? context, Func<ClusterConnection, CancellationToken, Task<int>> work, Func<string>? interrupted = null)
    {
        using var signals = new StopSignals();
        try
        {
            using var cluster = await ClusterConnection.OpenAsync(context, signals.Stop);
            try
            {
                return await work(cluster, signals.Stop);
            }
            catch (Exception exception) when (ClusterFailure.Explain(exception, cluster.Config, signals.Stop) is { } explained)
            {
                throw explained;
            }
        }
        catch (OperationCanceledException) when (signals.Stop.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync($"Interrupted. {interrupted?.Invoke()}".TrimEnd());
            return ExitCode.Interrupted;
        }
    }

    /// <summary>Whether a text is a DNS label, as names of namespaces are (RFC 1123).</summary>
    private static bool IsLabel(string text) =>
        text.Length is >= 1 and <= 63 && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-') && text[0] != '-' && text[^1] != '-';
}
