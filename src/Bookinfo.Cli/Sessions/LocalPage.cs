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
    /// <returns>Its address; the usual address if none runs, because Bookinfo may have been started in another way.</returns>
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
        var rest = ports.Where(other => other != port).Select(other => other.ToString(CultureInfo.InvariantCulture)).ToList();
        var others = rest.Count switch
        {
            0 => "",
            1 => $" Another runs on port {rest[0]}: to use that one, name its address.",
            _ => $" Others run on ports {string.Join(", ", rest)}: to use one of those, name its address.",
        };
        await ToolOutput.Messages.WriteLineAsync($"Using {found}, where 'up' of this working copy runs.{others}");
        return found;
    }
}
