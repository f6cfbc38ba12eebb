using System.Globalization;
using Bookinfo.Foundation;
using Spectre.Console;

namespace Bookinfo.Cli.Terminal;

/// <summary>
/// Shows on stderr that work goes on: a spinner with the seconds on a terminal, a line at its start and at its end elsewhere. How long the
/// work took the last time stands beside that, if it is known.
/// </summary>
internal sealed class WorkProgress(TimeProvider time) : IWorkProgress
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    /// <summary>Whether what is done takes longer the first time.</summary>
    public bool TakesLongerAtFirst { get; init; } = true;

    /// <inheritdoc/>
    public async Task RunAsync(string what, TimeSpan? lastTime, Func<Action<string>, Task> work)
    {
        var started = time.GetTimestamp();
        if (ToolOutput.MessagesTerminal is not { } terminal)
        {
            await ToolOutput.Messages.WriteLineAsync(Beginning(what, lastTime, TakesLongerAtFirst));
            await work(static _ => { });
        }
        else
        {
            await terminal.Status().StartAsync(Markup.Escape(what), async context =>
            {
                var detail = "";
                var running = work(text => detail = $" ({text})");
                while (!running.IsCompleted)
                {
                    context.Status(Markup.Escape($"{what}{detail}: {Standing(time.GetElapsedTime(started), lastTime)}"));
                    await Task.WhenAny(running, Task.Delay(Interval, time));
                }

                await running;
            });
        }

        await ToolOutput.Messages.WriteLineAsync($"{what}: done in {Seconds(time.GetElapsedTime(started))}.");
    }

    /// <summary>The line at the start of work where there is no terminal.</summary>
    /// <param name="what">The name of the work.</param>
    /// <param name="lastTime">How long it took the last time; <see langword="null"/> if that is not known.</param>
    /// <param name="longerAtFirst">Whether it takes longer the first time.</param>
    internal static string Beginning(string what, TimeSpan? lastTime, bool longerAtFirst = true) => lastTime is { } usual
        ? $"{what}; the last time this took {Seconds(usual)}."
        : longerAtFirst ? $"{what}; the first time this takes a while." : $"{what}.";

    /// <summary>How far the time has gone, on a terminal.</summary>
    /// <param name="elapsed">How long the work has taken so far.</param>
    /// <param name="lastTime">How long it took the last time; <see langword="null"/> if that is not known.</param>
    internal static string Standing(TimeSpan elapsed, TimeSpan? lastTime) => lastTime is not { } usual
        ? Seconds(elapsed)
        : Math.Round(elapsed.TotalSeconds) <= Math.Round(usual.TotalSeconds)
            ? $"{Seconds(elapsed)} of about {Seconds(usual)}"
            : $"{Seconds(elapsed)}, longer than the last time ({Seconds(usual)})";

    /// <summary>A duration in whole seconds.</summary>
    private static string Seconds(TimeSpan duration) => duration.TotalSeconds.ToString("0 's'", CultureInfo.InvariantCulture);
}
