using Bookinfo.Cli.Doctor;

namespace Bookinfo.Cli.Tests;

public sealed class DoctorTableTests
{
    private const string LongAddress = "https://0123456789ABCDEF0123456789ABCDEF.gr7.eu-west-1.eks.example.com";
    private const string LongCommand =
        "kubectl create rolebinding bookinfo-edit --clusterrole=edit --serviceaccount=some-namespace:deployer --namespace=bookinfo";

    private static readonly Finding[] Findings =
    [
        new("first", CheckPurpose.Up, CheckResult.Ok("all is well")),
        new("second of them", CheckPurpose.Deploy, CheckResult.Problem(
            $"the cluster at {LongAddress} says a lot of things that need more than one line to be said", "Do this, and if that does not "
                + "help, do something else: it has to be long, too.", LongCommand)),
        new("third", CheckPurpose.Deploy, CheckResult.NotChecked("needs 'second of them' to be in order")),
        new("fourth", CheckPurpose.Deploy, CheckResult.Warning(new string('x', 500), "Short.", "ls")),
    ];

    private static string[] Lines(int width) => [.. DoctorTable.Format(Findings, width).Select(line => line.Text)];

    [Theory]
    [InlineData(79)]
    [InlineData(60)]
    public void Nothing_is_wider_than_the_terminal(int width) => Assert.All(Lines(width), line => Assert.InRange(line.Length, 0, width));

    [Fact]
    public void An_address_is_not_broken() => Assert.Contains(Lines(79), line => line.Contains(LongAddress));

    [Fact]
    public void A_long_command_is_broken_so_that_a_shell_puts_it_together_again()
    {
        var lines = Lines(79);
        var first = Array.FindIndex(lines, line => line.Contains("kubectl create"));
        var last = Array.FindIndex(lines, first, line => !line.EndsWith(" \\"));

        Assert.True(last > first);
        var joined = string.Join(' ', lines[first..(last + 1)].Select(line => line.TrimEnd('\\').Trim()));
        Assert.Equal(LongCommand, joined);
    }

    [Fact]
    public void Every_state_is_a_sign_and_a_word_and_marked_for_color()
    {
        var marked = DoctorTable.Format(Findings, 79)
            .Where(line => line.Mark.End.Value > 0)
            .Select(line => (line.State, line.Text[line.Mark]))
            .ToList();

        Assert.Equal(
        [
            (CheckState.Ok, "✓ ok"), (CheckState.Problem, "✗ problem"), (CheckState.NotChecked, "- not checked"),
            (CheckState.Warning, "! warning"),
        ], marked);
    }

    [Fact]
    public void The_advice_follows_what_it_is_about()
    {
        var lines = Lines(79);

        Assert.Equal("To run on this machine (bookinfo up)", lines[0]);
        Assert.Equal("  ✓ ok           first           all is well", lines[1]);
        var warning = Array.FindIndex(lines, line => line.StartsWith("  ! warning"));
        Assert.Equal(["      Short.", "        ls"], lines[(warning + 1)..].SkipWhile(line => line.Contains("xxx")));
    }

    /// <summary>The name of a process, or of a context, may be anything.</summary>
    [Fact]
    public void What_others_say_makes_no_lines_and_no_colors()
    {
        Finding finding = new("ports", CheckPurpose.Up, CheckResult.Problem("taken by\n\e[32mok", "Stop\ait.", "kill\n1"));

        var lines = DoctorTable.Format([finding], 79).Select(line => line.Text).ToList();

        Assert.Equal(
            ["  ✗ problem      ports  taken by \ufffd[32mok", "      Stop\ufffdit.", "        kill 1"], lines.Skip(1));
    }

    [Fact]
    public void The_summary_has_a_line_for_each_command()
    {
        Assert.Equal(
            ["bookinfo up: everything is there.", "bookinfo deploy: 1 problem; see above for what to do."],
            DoctorTable.Summarize(Findings));
        Assert.Equal(["bookinfo deploy: no definite problem; 1 warning."], DoctorTable.Summarize([Findings[3]]));
    }
}
