using System.Text.RegularExpressions;
using Bookinfo.Cli.Doctor;
using Bookinfo.Cli.Terminal;
using Bookinfo.Cli.Views;
using Bookinfo.Kubernetes;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Bookinfo.Cli.Tests;

/// <summary>
/// Everything that is laid out for a terminal, on terminals of any width: it comes to an end, and no line is wider than the terminal.
/// </summary>
public sealed partial class TerminalWidthTests
{
    /// <summary>Only that it ends at all is checked by this; the machine may be as slow as it likes.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private static readonly string[] Parts =
    [
        "a", "of", "productpage-v1", "10.0.0.1:30080", "漢字漢字",
        "👩‍👩‍👧‍👦", "😀😀😀", "e\u0301te\u0301", "\u200b", "ｗｉｄｅ", "[red]", "[/]",
        "]", "--option=value", "https://example.org/a/path",
    ];

    [Theory]
    [InlineData(-1, 80)]
    [InlineData(0, 80)]
    [InlineData(1, TerminalDevice.LeastWidth)]
    [InlineData(79, 79)]
    [InlineData(65535, 1000)]
    public void A_terminal_has_a_width_that_things_fit_in(int columns, int width)
    {
        Assert.Equal(width, new TerminalDevice(TextWriter.Null, isTerminal: true, () => (columns, 24)).Width);
        Assert.InRange(new TerminalDevice(TextWriter.Null, isTerminal: true, () => (80, columns)).Height, 5, 1000);
    }

    [Fact]
    public void A_terminal_that_is_gone_has_a_usual_size()
    {
        var terminal = new TerminalDevice(TextWriter.Null, isTerminal: true, () => throw new IOException("gone"));

        Assert.Equal((80, 24), (terminal.Width, terminal.Height));
    }

    [Fact]
    public Task Tables_end_and_fit_whatever_is_in_them() => Task.Run(() =>
    {
        var random = new Random(25);
        for (var width = 0; width <= 200; width++)
        {
            var room = Math.Max(width - 1, 0);
            AssertFits(width, [.. DoctorTable.Format(Findings(random), room).Select(line => new Text(line.Text))]);
            AssertFits(width, [.. RolloutTable.Format(Rollouts(random), room).Select(row => new Text(row.Line))]);
            AssertFits(width, [.. StatusTables.Format(Report(random), room).Select(line => new Text(line))]);
        }
    }, TestContext.Current.CancellationToken).WaitAsync(Patience, TestContext.Current.CancellationToken);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_live_view_ends_on_a_terminal_that_is_another_size_each_time(int seed)
    {
        var random = new Random(seed);
        var sizes = new Random(-seed);
        // Drawn by one thread, so nothing has to be locked.
        var terminal = new TerminalDevice(new StringWriter(), isTerminal: true, () => (sizes.Next(0, 201), sizes.Next(0, 51)));
        for (var view = 0; view < 20; view++)
        {
            await using var live = new LiveText(Draw(terminal), TimeProvider.System, clears: view % 2 == 0);
            for (var time = 0; time < 20; time++)
            {
                string[] lines = [.. Enumerable.Range(0, random.Next(60)).Select(_ => Words(random))];
                live.Show(_ => lines.Select(line => new Text(line)));
                await Task.Yield();
            }

            await live.DisposeAsync().AsTask().WaitAsync(Patience, TestContext.Current.CancellationToken);
        }
    }

    private static void AssertFits(int width, IReadOnlyList<IRenderable> lines)
    {
        using var written = new StringWriter();
        var terminal = new TerminalDevice(written, isTerminal: true, () => (width, 24));

        Draw(terminal).Write(new Rows(lines));

        Assert.All(
            Control().Replace($"{written}", "").Split('\n'),
            line => Assert.InRange(new Segment(line.TrimEnd('\r')).CellCount(), 0, terminal.Width));
    }

    private static IAnsiConsole Draw(TerminalDevice terminal) =>
        AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.Yes, Out = terminal });

    private static string Words(Random random) => string.Join(' ', Enumerable.Range(0, random.Next(20)).Select(_ => Word(random)));

    private static string Word(Random random) =>
        random.Next(10) == 0
            ? string.Concat(Enumerable.Repeat(Parts[random.Next(Parts.Length)], random.Next(1, 100)))
            : Parts[random.Next(Parts.Length)];

    private static Finding[] Findings(Random random) => [.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => new Finding(
        "a check", (CheckPurpose)random.Next(3), CheckResult.Problem(Words(random), Words(random), $"kubectl {Words(random)}")))];

    private static RolloutStatus[] Rollouts(Random random) =>
        [.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => new RolloutStatus(Word(random), 1)
        {
            Problem = new PodProblem("pod", Word(random), Words(random), null),
        })];

    private static StatusReport Report(Random random) => new(
        DateTimeOffset.UnixEpoch, "bookinfo", [new PodState(Word(random), 1, 1, Word(random), 1, 1, Word(random))],
        [new ServiceEntry(Word(random), "NodePort", Word(random), [Word(random)])], [Words(random)]);

    [GeneratedRegex(@"\e\[[0-9;?]*[A-Za-z]")]
    private static partial Regex Control();
}
