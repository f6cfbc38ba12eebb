using System.CommandLine;
using System.CommandLine.Parsing;
using Bookinfo.Cli.Terminal;
using Bookinfo.Scenarios;

namespace Bookinfo.Cli.Commands;

/// <summary>The options about the Prometheus in which symptoms are looked for. Each command makes its own.</summary>
internal sealed class PrometheusOptions
{
    private readonly Option<Uri?> _address = TypedOptions.Url(
        "--prometheus", "The Prometheus in which to look for symptoms. [default: the one of 'up --prometheus']");

    private readonly Option<TimeSpan?> _window = Window();

    /// <summary>Makes the option for the window of rates.</summary>
    public static Option<TimeSpan?> Window() => TypedOptions.Time(
        "--window",
        "The window of rates in questions to Prometheus: two or three times its scrape interval. What takes longer to show by that is "
            + "waited for. [default: 15s]",
        TimeSpan.FromSeconds(10),
        TimeSpan.FromMinutes(10),
        "from 10s to 10m");

    /// <summary>Adds them to a command.</summary>
    /// <param name="command">The command.</param>
    public void AddTo(Command command)
    {
        command.Options.Add(_address);
        command.Options.Add(_window);
    }

    /// <summary>Rejects them where they would be ignored.</summary>
    /// <param name="result">The command line.</param>
    /// <param name="useful">Whether they have an effect.</param>
    /// <param name="with">What it takes for that.</param>
    public void RequireUseful(CommandResult result, bool useful, string with)
    {
        OptionRules.Only(result, _address, useful, with);
        OptionRules.Only(result, _window, useful, with);
    }

    /// <summary>The address, if the user has named one.</summary>
    /// <param name="result">The command line.</param>
    public Uri? GetAddress(ParseResult result) => result.GetValue(_address);

    /// <summary>The window.</summary>
    /// <param name="result">The command line.</param>
    public TimeSpan GetWindow(ParseResult result) => result.GetValue(_window) ?? ExpectedSymptom.UsualWindow;
}
