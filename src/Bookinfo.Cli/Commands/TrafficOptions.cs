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

    private const int MostConnections = 4096;

    private static readonly TimeSpan LongestTimeout = TimeSpan.FromMinutes(1);

    /// <summary>Makes them, with their rules.</summary>
    /// <param name="seed">What depends on the seed.</param>
    public TrafficOptions(string seed)
    {
        Seed = new Option<string>("--seed") { HelpName = "number", Description = seed, DefaultValueFactory = static _ => "1" };
        OptionRules.RequireWhole(Seed, 0, long.MaxValue);
        OptionRules.RequireWhole(Connections, 1, MostConnections);
        OptionRules.RequireSpan(Timeout, TimeSpan.FromMilliseconds(1), LongestTimeout, "from 1ms to 60s");
        OptionRules.RequireEach(
            Headers, static text => OptionRules.TryParseHeader(text, out _), $"must be 'Name: value', and not one that is set here: {string.Join(", ", RequestTemplate.Reserved)}");
    }

    /// <summary><c>--seed</c>.</summary>
    public Option<string> Seed { get; }

    /// <summary><c>--header</c>.</summary>
    public Option<string[]> Headers { get; } = new("--header")
    {
        HelpName = "'Name: value'",
        Description = "Send this header as well. May be repeated.",
        AllowMultipleArgumentsPerToken = false,
    };

    /// <summary><c>--connections</c>.</summary>
    public Option<string> Connections { get; } = new("--connections")
    {
        HelpName = "number",
        Description = "How many connections there are, each with one request at a time.",
        DefaultValueFactory = static _ => "64",
    };

    /// <summary><c>--timeout</c>.</summary>
    public Option<string> Timeout { get; } = new("--timeout")
    {
        HelpName = "time",
        Description = "How long a request may take, up to 60s. The page itself waits for reviews for up to 6s.",
        DefaultValueFactory = static _ => "10s",
    };

    /// <summary><c>--insecure</c>.</summary>
    public Option<bool> Insecure { get; } = new("--insecure") { Description = "Take any certificate." };

    /// <summary>The value of <see cref="Seed"/>.</summary>
    public ulong GetSeed(ParseResult result) => ulong.Parse(result.GetValue(Seed)!, CultureInfo.InvariantCulture);

    /// <summary>The value of <see cref="Headers"/>.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> GetHeaders(ParseResult result) =>
        [.. (result.GetValue(Headers) ?? []).Select(static text => OptionRules.TryParseHeader(text, out var header) ? header : throw new FormatException(text))];

    /// <summary>The value of <see cref="Connections"/>.</summary>
    public int GetConnections(ParseResult result) => (int)(OptionRules.Number(result.GetValue(Connections)) ?? 0);

    /// <summary>The value of <see cref="Timeout"/>.</summary>
    public TimeSpan GetTimeout(ParseResult result) => OptionRules.Span(result.GetValue(Timeout)) ?? LongestTimeout;
}
