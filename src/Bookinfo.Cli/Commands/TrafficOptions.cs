using System.CommandLine;
using System.Globalization;
using Bookinfo.Cli.Terminal;
using Bookinfo.Contracts;
using Bookinfo.Load;

namespace Bookinfo.Cli.Commands;

/// <summary>The options about requests that the commands that send some have in common. Each command makes its own.</summary>
internal sealed class TrafficOptions
{
    /// <summary>Where Bookinfo is on this machine when nothing else is said.</summary>
    public static readonly string LocalUrl = $"http://localhost:{ServiceCatalog.ProductPage.Versions[0].LocalPort}";

    /// <summary>How many connections there are when nothing else is said.</summary>
    public const int UsualConnections = 64;

    private const int MostConnections = 4096;

    private static readonly TimeSpan UsualTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Makes them, with their rules.</summary>
    /// <param name="seed">What depends on the seed.</param>
    /// <param name="connectionsOfTwo">How many connections there are by default for two systems, if the command measures two.</param>
    public TrafficOptions(string seed, int? connectionsOfTwo = null)
    {
        var forTwo = connectionsOfTwo is { } number ? string.Create(CultureInfo.InvariantCulture, $"; for two systems {number}") : "";
        Connections = TypedOptions.Whole(
            "--connections",
            string.Create(
                CultureInfo.InvariantCulture,
                $"How many connections there are, each with one request at a time. [default: {UsualConnections}{forTwo}]"),
            1,
            MostConnections);
        Seed = TypedOptions.Whole("--seed", seed, 0, long.MaxValue, usual: 1);
        OptionRules.RequireEach(
            Headers,
            static text => !OptionRules.HasWrongValue(text),
            "must have no control characters in its value, and none beyond ISO 8859-1 (U+00FF)");
        OptionRules.RequireEach(
            Headers,
            static text => OptionRules.HasWrongValue(text) || OptionRules.TryParseHeader(text, out _),
            $"must be 'Name: value', and not one that is set here: {string.Join(", ", RequestTemplate.Reserved)}");
    }

    /// <summary><c>--seed</c>.</summary>
    public Option<long?> Seed { get; }

    /// <summary><c>--header</c>.</summary>
    public Option<string[]> Headers { get; } = new("--header")
    {
        HelpName = "'Name: value'",
        Description = "Send this header as well. May be repeated.",
        AllowMultipleArgumentsPerToken = false,
    };

    /// <summary><c>--connections</c>.</summary>
    public Option<long?> Connections { get; }

    /// <summary><c>--timeout</c>.</summary>
    public Option<TimeSpan?> Timeout { get; } = TypedOptions.Time(
        "--timeout",
        "How long a request may take, up to 60s. The page itself waits for reviews for up to 6s. [default: 10s]",
        TimeSpan.FromMilliseconds(1),
        TimeSpan.FromMinutes(1),
        "from 1ms to 60s");

    /// <summary><c>--insecure</c>.</summary>
    public Option<bool> Insecure { get; } = new("--insecure") { Description = "Accept any certificate." };

    /// <summary>The value of <see cref="Seed"/>.</summary>
    public ulong GetSeed(ParseResult result) => (ulong)(result.GetValue(Seed) ?? 1);

    /// <summary>The value of <see cref="Headers"/>.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> GetHeaders(ParseResult result) =>
        [.. (result.GetValue(Headers) ?? [])
            .Select(static text => OptionRules.TryParseHeader(text, out var header) ? header : throw new FormatException(text))];

    /// <summary>The value of <see cref="Connections"/>.</summary>
    public int GetConnections(ParseResult result) => (int)(result.GetValue(Connections) ?? UsualConnections);

    /// <summary>The value of <see cref="Timeout"/>.</summary>
    public TimeSpan GetTimeout(ParseResult result) => result.GetValue(Timeout) ?? UsualTimeout;
}
