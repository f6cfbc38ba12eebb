using System.Globalization;
using Bookinfo.Foundation;
using Spectre.Console;

namespace Bookinfo.Cli.Terminal;

/// <summary>
/// Shows on stderr that work goes on: a spinner with the seconds on a terminal, a line at its start and at its end elsewhere.
/// </summary>
internal sealed class WorkProgress(TimeProvider time) : IWorkProgress
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    /// <summary>Whether what is done takes longer the first time.</summary>
    public bool TakesLongerAtFirst { get; init; } = true;

    /// <inheritdoc/>
    public async Task RunAsync(string what, Func<Action<string>, Task> work)
    {
        var started = time.GetTimestamp();
        string Elapsed() => time.GetElapsedTime(started).TotalSeconds.ToString("0 's'", CultureInfo.InvariantCulture);
        if (ToolOutput.MessagesTerminal is not { } terminal)
        {
            await ToolOutput.Messages.WriteLineAsync(TakesLongerAtFirst ? $"{what}; the first time this takes a while." : $"{what}.");
            await work(static _ => { });
        }
        else
        {
            await terminal.Status().StartAsync(what, async context =>
            {
                var detail = "";
                var running = work(text => detail = $" ({text})");
                while (!running.IsCompleted)
                {
                    context.Status($"{what}{detail}: {Elapsed()}");
                    await Task.WhenAny(running, Task.Delay(Interval, time));
                }

                await running;
            });
        }

        await ToolOutput.Messages.WriteLineAsync($"{what}: done in {Elapsed()}.");
    }
}
