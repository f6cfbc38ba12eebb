using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.RegularExpressions;
using Bookinfo.Cli.Commands;
using Bookinfo.Contracts;
using Bookinfo.Foundation;
using Bookinfo.Load;

namespace Bookinfo.Cli.Terminal;

/// <summary>
/// Options whose values are numbers, durations and names. Each value is read once, by the parser of the option; the message for a value
/// that is not allowed says what is. The library's own messages would name .NET types.
/// </summary>
internal static partial class TypedOptions
{
    /// <summary>The name of the argument that says where requests go.</summary>
    public const string UrlName = "url";

    /// <summary>A number in decimal notation.</summary>
    /// <param name="name">The name of the option.</param>
    /// <param name="description">What it is for.</param>
    /// <param name="least">The least value that is allowed.</param>
    /// <param name="most">The greatest value that is allowed.</param>
    public static Option<double?> Number(string name, string description, double least, double most) => new(name)
    {
        HelpName = "number",
        Description = description,
        CustomParser = result => Read(
            result, text => ParseNumber(text) is { } number && number >= least && number <= most ? number : (double?)null,
            Range(least, most)),
    };

    /// <summary>A whole number.</summary>
    /// <param name="name">The name of the option.</param>
    /// <param name="description">What it is for.</param>
    /// <param name="least">The least value that is allowed.</param>
    /// <param name="most">The greatest value that is allowed.</param>
    /// <param name="usual">The default, for the help; <see langword="null"/> when the description says it.</param>
    public static Option<long?> Whole(string name, string description, long least, long most, long? usual = null) => new(name)
    {
        HelpName = "number",
        Description = description,
        DefaultValueFactory = usual is { } value ? _ => value : null,
        CustomParser = result => Read(
            result,
            text => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                && number >= least
                && number <= most ? number : (long?)null,
            string.Create(CultureInfo.InvariantCulture, $"must be a whole number from {least} to {most}")),
    };

    /// <summary>An argument that is an address to send requests to.</summary>
    /// <param name="name">The name in the help.</param>
    /// <param name="description">What it is for.</param>
    public static Argument<Uri?> UrlArgument(string name, string description) => new(name)
    {
        HelpName = name,
        Description = description,
        Arity = ArgumentArity.ZeroOrOne,
        CustomParser = static result => ReadUrl(result, UrlName),
    };

    /// <summary>An option that is an address to send requests to.</summary>
    /// <param name="name">The name of the option.</param>
    /// <param name="description">What it is for.</param>
    public static Option<Uri?> Url(string name, string description) => new(name)
    {
        HelpName = "url",
        Description = description,
        CustomParser = result => ReadUrl(result, name),
    };

    /// <summary>
    /// An option that is the address of a platform, with what it wants to know of who asks: a user and a password, or a token.
    /// </summary>
    /// <param name="name">The name of the option.</param>
    /// <param name="description">What it is for.</param>
    public static Option<Uri?> PlatformUrl(string name, string description) => new(name)
    {
        HelpName = "url",
        Description = description,
        CustomParser = result => ReadUrl(result, name, takesUser: true),
    };

    /// <summary>A duration, such as 500ms or 1m30s.</summary>
    /// <param name="name">The name of the option.</param>
    /// <param name="description">What it is for, with its default.</param>
    /// <param name="least">The least value that is allowed.</param>
    /// <param name="most">The greatest value that is allowed.</param>
    /// <param name="range">The range in words, for messages.</param>
    public static Option<TimeSpan?> Time(string name, string description, TimeSpan least, TimeSpan most, string range) => new(name)
    {
        HelpName = "time",
        Description = description,
        CustomParser = result => Read(
            result, text => Duration.TryParse(text, out var time) && time >= least && time <= most ? time : (TimeSpan?)null,
            $"must be a time {range}, such as 500ms, 30s or 5m"),
    };

    /// <summary>A port.</summary>
    /// <param name="name">The name of the option.</param>
    /// <param name="description">What it is for.</param>
    /// <param name="usual">The default.</param>
    /// <param name="most">The greatest value that is allowed.</param>
    public static Option<int> Port(string name, string description, int usual, int most = ushort.MaxValue) => new(name)
    {
        HelpName = "number",
        Description = description,
        DefaultValueFactory = _ => usual,
        CustomParser = result => Read(
            result,
            text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port >= 1 && port <= most
                ? port
                : (int?)null,
            $"must be a number from 1 to {most}") ?? usual,
    };

    /// <summary>One of the names of an enumeration; the first one is the default.</summary>
    /// <param name="name">The name of the option.</param>
    /// <param name="helpName">What stands for the value in the help.</param>
    /// <param name="description">What it is for, with its default.</param>
    /// <param name="allowed">The names in words, for messages.</param>
    public static Option<T> Name<T>(string name, string helpName, string description, string allowed)
        where T : struct, Enum
    {
        var option = new Option<T>(name)
        {
            HelpName = helpName,
            Description = description,
            CustomParser = result => ReadName<T>(result, allowed) ?? default,
        };
        OfferNames<T>(option.CompletionSources);
        return option;
    }

    /// <summary>One of the names of an enumeration, or none.</summary>
    /// <inheritdoc cref="Name{T}"/>
    public static Option<T?> OptionalName<T>(string name, string helpName, string description, string allowed)
        where T : struct, Enum
    {
        var option = new Option<T?>(name)
        {
            HelpName = helpName,
            Description = description,
            CustomParser = result => ReadName<T>(result, allowed),
        };
        OfferNames<T>(option.CompletionSources);
        return option;
    }

    /// <summary>An argument that is one of the names of an enumeration.</summary>
    /// <inheritdoc cref="Name{T}"/>
    public static Argument<T> NameArgument<T>(string name, string helpName, string description, string allowed)
        where T : struct, Enum
    {
        var argument = new Argument<T>(name)
        {
            HelpName = helpName,
            Description = description,
            CustomParser = result => ReadName<T>(result, allowed) ?? default,
        };
        OfferNames<T>(argument.CompletionSources);
        return argument;
    }

    /// <summary>An argument that is one of the names of an enumeration, or left out.</summary>
    /// <inheritdoc cref="Name{T}"/>
    public static Argument<T?> OptionalNameArgument<T>(string name, string helpName, string description, string allowed)
        where T : struct, Enum
    {
        var argument = new Argument<T?>(name)
        {
            HelpName = helpName,
            Description = description,
            Arity = ArgumentArity.ZeroOrOne,
            CustomParser = result => ReadName<T>(result, allowed),
        };
        OfferNames<T>(argument.CompletionSources);
        return argument;
    }

    /// <summary>The format of the output on stdout.</summary>
    /// <param name="description">What is written.</param>
    public static Option<OutputFormat> Output(string description) =>
        Name<OutputFormat>("--output", "table|json", $"{description} [default: table]", "table or json");

    /// <summary>Reads a number in decimal notation.</summary>
    /// <param name="text">The number.</param>
    public static double? ParseNumber(string text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>Reads the value of an option, or says what is allowed.</summary>
    /// <param name="result">What was typed.</param>
    /// <param name="parse">Reads it; <see langword="null"/> for a value that is not allowed.</param>
    /// <param name="allowed">What is allowed, as the rest of a sentence that begins with 'it'.</param>
    public static T? Read<T>(ArgumentResult result, Func<string, T?> parse, string allowed)
        where T : struct
    {
        if (result.Tokens is not [var token])
        {
            return null;
        }

        var value = parse(token.Value);
        if (value is null)
        {
            var name = (result.Parent as OptionResult)?.Option.Name ?? result.Argument.Name;
            result.AddError($"{name} '{token.Value}' is not allowed: it {allowed}.");
        }

        return value;
    }

    private static Uri? ReadUrl(ArgumentResult result, string name, bool takesUser = false)
    {
        if (result.Tokens is not [var token])
        {
            return null;
        }

        var text = token.Value;
        // What people copy from a browser, or know by heart, need not say which protocol it is.
        var url = text.Contains("://", StringComparison.Ordinal) || !HostAndPort().IsMatch(text) ? text : $"http://{text}";
        var plain = takesUser ? UserInUrl().Replace(url, "") : url;
        if (LoadTarget.IsUrl(plain))
        {
            if (ReadUser(url, new Uri(plain)) is { } address)
            {
                return WithoutEnd(address);
            }

            result.AddError($"{name} '{AnyUser().Replace(url, "")}' is not allowed: within a user, a password or a token, @ is written as "
                + @"%40 and \ as %5C, and there must be no control characters.");
            return null;
        }

        // What may be a password is not shown.
        result.AddError(takesUser
            ? $"{name} '{AnyUser().Replace(url, "")}' is not allowed: it must be http:// or https://, a host, and no fragment, such as "
                + "https://user:password@example.com; of a host with a port, http:// may be left out."
            : $"{name} '{text}' is not allowed: it must be http:// or https://, a host, and no user or fragment, such as "
                + $"{TrafficOptions.LocalUrl}; of a host with a port, http:// may be left out.");
        return null;
    }

    /// <summary>Reads a URL that is right but for the user in it.</summary>
    /// <param name="url">The URL.</param>
    /// <param name="plain">The same without its user.</param>
    /// <returns>
    /// <see langword="null"/> when the user is not allowed: what stands there would make another host of it, or cannot be sent.
    /// </returns>
    private static Uri? ReadUser(string url, Uri plain) =>
        Uri.TryCreate(url, UriKind.Absolute, out var address)
        && address.Authority == plain.Authority
        && !Uri.UnescapeDataString(address.UserInfo).Any(char.IsControl)
            ? address
            : null;

    /// <summary>
    /// Leaves out the dot that ends a name of this machine, such as <c>localhost.</c>: the platform knows such names without it only.
    /// </summary>
    private static Uri WithoutEnd(Uri address) => address.Host.EndsWith('.') && Loopback.Is(address)
        ? new UriBuilder(address) { Host = address.Host[..^1] }.Uri
        : address;

    [GeneratedRegex("(?<=^https?://)[^/?#]*@", RegexOptions.IgnoreCase)]
    private static partial Regex UserInUrl();

    /// <summary>The same in a URL that is wrong in whatever way.</summary>
    [GeneratedRegex("(?<=^(?:[a-z]+://)?).*@", RegexOptions.IgnoreCase)]
    private static partial Regex AnyUser();

    [GeneratedRegex(@"^(?:[^/:@\s]+|\[[0-9a-fA-F:.%a-z]+\]):[0-9]{1,5}(?:[/?]\S*)?\z")]
    private static partial Regex HostAndPort();

    /// <summary>Makes shells complete names in lower case, as the help shows them: the library would offer those of .NET.</summary>
    private static void OfferNames<T>(List<Func<CompletionContext, IEnumerable<CompletionItem>>> sources)
        where T : struct, Enum
    {
        sources.Clear();
        sources.Add(static _ => Enum.GetNames<T>().Select(static name => new CompletionItem(name.ToLowerInvariant())));
    }

    private static T? ReadName<T>(ArgumentResult result, string allowed)
        where T : struct, Enum => Read(
            result,
            static text =>
                Enum.GetNames<T>().Contains(text, StringComparer.OrdinalIgnoreCase) ? Enum.Parse<T>(text, ignoreCase: true) : (T?)null,
            $"must be {allowed}");

    private static string Range(double least, double most) =>
        string.Create(CultureInfo.InvariantCulture, $"must be a number from {least} to {most:0}");
}

/// <summary>How data is written to stdout.</summary>
internal enum OutputFormat
{
    /// <summary>For people: a table, kept up to date on a terminal.</summary>
    Table,

    /// <summary>For programs: one JSON object per line.</summary>
    Json,
}
