using Bookinfo.Cli.Terminal;
using Bookinfo.ToolTesting;

namespace Bookinfo.Cli.Tests;

/// <summary><c>bookinfo completion</c>: what bash completes with it.</summary>
public sealed class CompletionTests
{
    [Theory]
    [InlineData("bookinfo lo", "load")]
    [InlineData("./bookinfo lo", "load")]
    [InlineData("/some/where/bookinfo base", "baseline")]
    [InlineData("bookinfo load --prof", "--profile")]
    [InlineData("bookinfo compare --inc", "--inconclusive")]
    [InlineData("bookinfo doctor de", "deploy")]
    [InlineData("bookinfo completion z", "zsh")]
    [InlineData("bookinfo load --profile sp", "spike")]
    [InlineData("bookinfo status --output j", "json")]
    [InlineData("bookinfo nothing-like-this", "")]
    // Where a file is named, nothing is offered, and the shell completes files itself.
    [InlineData("bookinfo ledger ", "")]
    [InlineData("bookinfo ledger so", "")]
    [InlineData("bookinfo compare before.json a", "")]
    [InlineData("bookinfo load --ledger ", "")]
    [InlineData("bookinfo load --html l", "")]
    [InlineData("bookinfo ledger --cs", "--csv")]
    [InlineData("bookinfo compare --ov", "--overwrite")]
    public async Task Bash_completes_verbs_options_and_names(string line, string completion)
    {
        // What the shell sets when somebody presses the tabulator.
        await using var run = CommandRun.Start(
            "bash",
            [
                "-c", """
                source <("${@:2}" completion bash)
                COMP_LINE=$1 COMP_POINT=${#1}
                read -ra COMP_WORDS <<<"$1"
                [[ $1 != *' ' ]] || COMP_WORDS+=('')
                COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
                _bookinfo
                printf '%s\n' "${COMPREPLY[@]}"
                """, "bash", line, "dotnet", CommandRun.ToolAssembly,
            ]);

        Assert.Equal(0, await run.ExitAsync());
        Assert.Equal($"{completion}\n", run.Output);
        Assert.Empty(run.Messages);
    }

    [Theory]
    [InlineData("bookinfo ledger /")]
    [InlineData("bookinfo load ")]
    public async Task Help_is_not_offered_by_its_names_of_Windows(string line)
    {
        await using var run = CommandRun.Start("dotnet", [CommandRun.ToolAssembly, $"[suggest:{line.Length}]", line]);

        Assert.Equal(0, await run.ExitAsync());
        Assert.DoesNotContain(run.Output.Split('\n'), word => word.StartsWith('/') || word.Contains('?'));
    }

    [Theory]
    [InlineData("bookinfo up --", false)]
    [InlineData("bookinfo ledger ", true)]
    [InlineData("bookinfo compare x", true)]
    [InlineData("bookinfo load --hdr x", true)]
    [InlineData("bookinfo verify --logs x", true)]
    [InlineData("bookinfo deploy --overlay x", true)]
    [InlineData("bookinfo baseline --name x", true)]
    [InlineData("bookinfo load --rate ", false)]
    [InlineData("bookinfo ", false)]
    public async Task The_tool_says_where_a_file_is_named(string line, bool isFile)
    {
        await using var run = CommandRun.Start("dotnet", [CommandRun.ToolAssembly, $"[suggest:{line.Length}]", line]);

        Assert.Equal(0, await run.ExitAsync());
        Assert.Equal(isFile, run.Output.Split('\n').Any(word => word.StartsWith(FileCompletion.Mark, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("bash", "complete -o default -F _bookinfo bookinfo ./bookinfo")]
    [InlineData("zsh", "compdef _bookinfo bookinfo ./bookinfo")]
    [InlineData("fish", "complete -c bookinfo -f -a '(__bookinfo_complete)'")]
    [InlineData("pwsh", "Register-ArgumentCompleter -Native -CommandName bookinfo, ./bookinfo -ScriptBlock {")]
    public async Task Each_shell_has_its_own(string shell, string line)
    {
        await using var run = CommandRun.Start("dotnet", [CommandRun.ToolAssembly, "completion", shell]);

        Assert.Equal(ExitCode.Success, await run.ExitAsync());
        Assert.Contains(line, run.Output.Split('\n'));
        Assert.Contains("bookinfo.dll", run.Output);
        Assert.Contains($"{FileCompletion.Mark}*", run.Output);
    }

    [Fact]
    public async Task A_shell_that_is_not_known_is_refused()
    {
        await using var run = CommandRun.Start("dotnet", [CommandRun.ToolAssembly, "completion", "tcsh"]);

        Assert.Equal(ExitCode.InvalidUsage, await run.ExitAsync());
        Assert.StartsWith("bookinfo: shell 'tcsh' is not allowed: it must be bash, zsh, fish or pwsh.", run.Messages);
    }
}
