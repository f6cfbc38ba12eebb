using System.Globalization;
using Bookinfo.Cli.Commands;
using Bookinfo.Cli.Terminal;
using Bookinfo.Foundation;
using Bookinfo.Local;

namespace Bookinfo.Cli.Sessions;

/// <summary>Finds Bookinfo on this machine if the user does not say where it is.</summary>
internal static class LocalPage
{
    /// <summary>
    /// Finds the page of an <c>up</c> that runs from this working copy, on whatever port. Says which one it uses, unless only the
    /// usual port is in use.
    /// </summary>
    /// <param name="tree">The working copy.</param>
    /// <param name="choice">How the user can choose another one.</param>
    /// <returns>Its address; the usual address if none runs, because Bookinfo may have been started in another way.</returns>
    public static async Task<Uri> FindAsync(SourceTree tree, string choice = "name its address")
    {
        var (page, message) = Choose(RunLock.FindHeld(tree), choice);
        if (message is not null)
        {
            await ToolOutput.Messages.WriteLineAsync(message);
        }

        return page;
    }

    /// <summary>Chooses among those that run.</summary>
    /// <param name="ports">Their ports.</param>
    /// <param name="choice">How the user can choose another one.</param>
    /// <returns>The page; and what is to be said of the choice, if anything is.</returns>
    internal static (Uri Page, string? Message) Choose(IReadOnlyList<int> ports, string choice)
    {
        var usual = new Uri(TrafficOptions.LocalUrl);
        if (ports.Count == 0 || (ports.Count == 1 && ports[0] == usual.Port))
        {
            return (usual, null);
        }

        var port = ports.Contains(usual.Port) ? usual.Port : ports[0];
        var found = new UriBuilder(usual) { Port = port }.Uri;
        var rest = ports.Where(other => other != port).Select(other => other.ToString(CultureInfo.InvariantCulture)).ToList();
        var others = rest.Count switch
        {
            0 => "",
            1 => $" Another runs on port {rest[0]}: to use that one, {choice}.",
            _ => $" Others run on ports {string.Join(", ", rest)}: to use one of those, {choice}.",
        };
        return (found, $"Using {found}, where 'up' of this working copy runs.{others}");
    }
}
