using System.Globalization;
using Bookinfo.Cli.Commands;
using Bookinfo.Cli.Terminal;
using Bookinfo.Foundation;
using Bookinfo.Local;

namespace Bookinfo.Cli.Sessions;

/// <summary>Where Bookinfo is on this machine when nobody says it.</summary>
internal static class LocalPage
{
    /// <summary>
    /// Finds the page of an <c>up</c> that runs from this working copy, on whatever port, and says which one was taken when it is not the
    /// usual one.
    /// </summary>
    /// <param name="tree">The working copy.</param>
    /// <returns>The usual address when none runs: somebody else may have started it.</returns>
    public static async Task<Uri> FindAsync(SourceTree tree)
    {
        var usual = new Uri(TrafficOptions.LocalUrl);
        var ports = RunLock.FindHeld(tree);
        if (ports.Count == 0 || (ports.Count == 1 && ports[0] == usual.Port))
        {
            return usual;
        }

        var port = ports.Contains(usual.Port) ? usual.Port : ports[0];
        var found = new UriBuilder(usual) { Port = port }.Uri;
        var others = ports.Count == 1
            ? ""
            : $" Others run on {string.Join(", ", ports.Where(other => other != port).Select(
                other => other.ToString(CultureInfo.InvariantCulture)))}: name an address to take one of these.";
        await ToolOutput.Messages.WriteLineAsync($"Taking {found}, where 'up' of this working copy runs.{others}");
        return found;
    }
}
