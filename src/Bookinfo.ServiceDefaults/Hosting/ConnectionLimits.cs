using System.Globalization;
using System.Runtime.CompilerServices;
using Bookinfo.Contracts;

namespace Bookinfo.ServiceDefaults.Hosting;

/// <summary>
/// How many connections a service may have. Each is an open file, and beyond the limit of open files not only connections fail: the
/// runtime cannot open what it needs either, and ends the process.
/// </summary>
/// <param name="Visitors">The most connections of visitors.</param>
/// <param name="Calls">The most connections of each client of a backend.</param>
internal sealed record ConnectionLimits(int Visitors, int Calls)
{
    /// <summary>The fewest connections that a service can work with.</summary>
    private const int Fewest = 16;

    /// <summary>
    /// How many other files may be open, with room to spare: the log, telemetry, what the runtime opens for a moment, and each assembly of
    /// a program that is not native.
    /// </summary>
    private static int Reserve => RuntimeFeature.IsDynamicCodeCompiled ? 256 : 64;

    /// <summary>Finds what the limit of open files of this process allows.</summary>
    /// <param name="service">The service, which may call others.</param>
    public static ConnectionLimits Read(ServiceDefinition service) => Within(ReadOpenFileLimit(), service.Calls.Count);

    /// <summary>Half of them are for visitors, and half for the calls that visitors cause.</summary>
    /// <param name="files">How many files may be open.</param>
    /// <param name="backends">
    /// How many backends the service calls, according to the catalog. There may be one client more: the page has two for reviews, and
    /// details has one for the book service.
    /// </param>
    public static ConnectionLimits Within(int files, int backends)
    {
        var half = (files - Reserve) / 2;
        return new ConnectionLimits(Math.Max(Fewest, half), Math.Max(Fewest, half / (backends + 1)));
    }

    /// <summary>The limit of open files, which the runtime has raised to its ceiling by now.</summary>
    private static int ReadOpenFileLimit()
    {
        const string Name = "Max open files";
        if (!OperatingSystem.IsLinux())
        {
            return int.MaxValue;
        }

        try
        {
            var lines = File.ReadLines("/proc/self/limits");
            var line = lines.FirstOrDefault(static line => line.StartsWith(Name, StringComparison.Ordinal)) ?? Name;
            // The first number is the limit, the second its ceiling. A word instead of a number means that there is no limit.
            return line[Name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var limit, ..]
                && int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out var files) ? files : int.MaxValue;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return int.MaxValue;
        }
    }
}
