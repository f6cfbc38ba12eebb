using System.CommandLine;
using System.CommandLine.Parsing;
using Bookinfo.Cli.Sessions;
using Bookinfo.Cli.Terminal;

namespace Bookinfo.Cli.Commands;

/// <summary>The options by which the commands about faults are told which Bookinfo is meant. Each command makes its own.</summary>
internal sealed class FaultPlaceOptions
{
    private readonly Option<string?> _namespace = ClusterCommand.Namespace(
        "The namespace of a Bookinfo in a cluster. [default: what 'up' runs here; bookinfo with --context]");

    private readonly Option<string?> _context = ClusterCommand.Context();

    private readonly Option<Uri?> _url = TypedOptions.Url(
        "--url", "The address of the page: tells which 'up' is meant, or where to send requests in a cluster.");

    /// <summary>Adds them to a command.</summary>
    /// <param name="command">The command.</param>
    public void AddTo(Command command)
    {
        command.Options.Add(_url);
        foreach (var option in OfCluster)
        {
            command.Options.Add(option);
        }
    }

    /// <inheritdoc cref="PrometheusOptions.RequireUseful"/>
    public void RequireUseful(CommandResult result, bool useful, string with)
    {
        foreach (var option in OfCluster.Append(_url))
        {
            OptionRules.Only(result, option, useful, with);
        }
    }

    /// <summary>Those about a cluster, for a command that has the address of the page as an argument.</summary>
    public IReadOnlyList<Option> OfCluster => [_namespace, _context];

    /// <summary>What the user has said.</summary>
    /// <param name="result">The command line.</param>
    public FaultPlace Get(ParseResult result) => Get(result, result.GetValue(_url));

    /// <summary>What the user has said.</summary>
    /// <param name="result">The command line.</param>
    /// <param name="url">The address of the page.</param>
    public FaultPlace Get(ParseResult result, Uri? url) => new(url, result.GetValue(_namespace), result.GetValue(_context));
}
