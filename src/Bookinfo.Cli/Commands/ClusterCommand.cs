using System.CommandLine;
using Bookinfo.Cli.Terminal;
using Bookinfo.Contracts;
using Bookinfo.Kubernetes;

namespace Bookinfo.Cli.Commands;

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
    public static Option<string?> Namespace(string description) => NamespaceAs("--namespace", description, "-n");

    /// <summary>Makes an option that names a namespace.</summary>
    /// <param name="name">The name of the option.</param>
    /// <param name="description">What the namespace is for.</param>
    /// <param name="aliases">Other names of the option.</param>
    public static Option<string?> NamespaceAs(string name, string description, params string[] aliases)
    {
        var option = new Option<string?>(name, aliases) { HelpName = "name", Description = description };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !IsLabel(token.Value))
            {
                result.AddError($"{name} '{token.Value}' is not allowed: it must be 1 to 63 of a-z, 0-9 and -, without - at either end.");
            }
        });
        return option;
    }

    /// <summary>What <c>--timeout</c> is when it is not given.</summary>
    public static readonly TimeSpan UsualTimeout = TimeSpan.FromMinutes(2);

    /// <summary>Makes <c>--timeout</c>.</summary>
    /// <param name="description">What is waited for, with what it is when it is not given.</param>
    public static Option<TimeSpan?> Timeout(string description) => new("--timeout")
    {
        HelpName = "duration",
        Description = description,
        CustomParser = static result => TypedOptions.Read(
            result,
            static text => Duration.TryParse(text, out var timeout) && timeout > TimeSpan.Zero ? timeout : (TimeSpan?)null,
            "must be a duration such as 30s, 2m or 1m30s, a day at most"),
    };

    /// <summary>Connects and does the work.</summary>
    /// <param name="context">The context of <c>--context</c>.</param>
    /// <param name="work">The work; its result is the exit code.</param>
    /// <param name="interrupted">What to say of the state that is left after Ctrl-C.</param>
    public static Task<int> RunAsync(
        string? context, Func<ClusterConnection, CancellationToken, Task<int>> work, Func<string>? interrupted = null) =>
        RunAsync(
            context, static (_, _) => Task.FromResult(0), (cluster, _, cancellationToken) => work(cluster, cancellationToken), interrupted);

    /// <summary>Prepares the work, connects meanwhile, and does the work.</summary>
    /// <param name="context">The context of <c>--context</c>.</param>
    /// <param name="prepare">
    /// What needs no cluster. Its failure is told of before that of the connection: it is the user's to correct.
    /// </param>
    /// <param name="work">The work; its result is the exit code.</param>
    /// <param name="interrupted">What to say of the state that is left after Ctrl-C.</param>
    public static async Task<int> RunAsync<T>(
        string? context,
        Func<Kubectl, CancellationToken, Task<T>> prepare,
        Func<ClusterConnection, T, CancellationToken, Task<int>> work,
        Func<string>? interrupted = null)
    {
        return await CommandRunner.RunAsync(
            async signals =>
            {
                var kubectl = Kubectl.Find(context);
                var (prepared, connection) = await PrepareAndConnectAsync(kubectl, prepare, signals.Stop);
                using var cluster = connection;
                return await ClusterFailure.ExplainAsync(() => work(cluster, prepared, signals.Stop), cluster.Config, signals.Stop);
            },
            () => $"Interrupted. {interrupted?.Invoke()}".TrimEnd());
    }

    /// <summary>
    /// Does both at once. Each runs kubectl, and when one of them fails the other is over too before anything is told: no kubectl stays
    /// behind.
    /// </summary>
    private static async Task<(T Prepared, ClusterConnection Connection)> PrepareAndConnectAsync<T>(
        Kubectl kubectl, Func<Kubectl, CancellationToken, Task<T>> prepare, CancellationToken cancellationToken)
    {
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var preparing = prepare(kubectl, cancellationToken);
        var connecting = ClusterConnection.OpenAsync(kubectl, giveUp.Token);
        try
        {
            return (await preparing, await connecting);
        }
        catch when (!connecting.IsCompleted)
        {
            await giveUp.CancelAsync();
            await connecting.ContinueWith(static _ => { }, TaskScheduler.Default);
            throw;
        }
    }

    /// <summary>Whether a text is a DNS label, as names of namespaces are (RFC 1123).</summary>
    private static bool IsLabel(string text) =>
        text.Length is >= 1 and <= 63
            && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-')
            && text[0] != '-'
            && text[^1] != '-';
}
