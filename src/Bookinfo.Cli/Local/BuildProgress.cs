using System.Globalization;
using Spectre.Console;

namespace Bookinfo.Cli.Local;

/// <summary>Shows on stderr that a build goes on: a spinner with the seconds on a terminal, a line at its start and at its end elsewhere.</summary>
/// <param name="time">The clock.</param>
internal sealed class BuildProgress(TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    /// <summary>Does the work.</summary>
    /// <param name="what">What is done, such as 'Building the services'.</param>
    /// <param name="work">The work; what it reports is shown behind that.</param>
    public async Task RunAsync(string what, Func<Action<string>, Task> work)
    {
        var started = time.GetTimestamp();
        string Elapsed() => time.GetElapsedTime(started).TotalSeconds.ToString("0 's'", CultureInfo.InvariantCulture);
        if (ToolOutput.MessagesTerminal is not { } terminal)
        {
            await ToolOutput.Messages.WriteLineAsync($"{what}; the first time this takes a while.");
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
