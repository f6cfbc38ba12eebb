using System.CommandLine;
using Bookinfo.Cli.Terminal;

namespace Bookinfo.Cli.Commands;

/// <summary><c>bookinfo completion</c>: what makes a shell complete the verbs and options of this tool.</summary>
internal static class CompletionCommand
{
    private static readonly Argument<Shell> Name = TypedOptions.NameArgument<Shell>(
        "shell", "bash|zsh|fish|pwsh", "The shell.", "bash, zsh, fish or pwsh");

    private enum Shell
    {
        Bash,
        Zsh,
        Fish,
        Pwsh,
    }

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var command = new Command(
            "completion", "Write what makes a shell complete verbs and options. bash, for now or in ~/.bashrc: "
                + "source <(./bookinfo completion bash)")
        {
            Name,
        };
        command.SetAction(static async (result, _) =>
        {
            // The tool itself, not its launcher: whoever types does not wait for a look at all sources.
            var tool = Path.Combine(AppContext.BaseDirectory, "bookinfo.dll");
            await ToolOutput.Data.WriteLineAsync(result.GetValue(Name) switch
            {
                Shell.Bash => Bash(Quote(tool)),
                Shell.Zsh => Zsh(Quote(tool)),
                Shell.Fish => Fish(QuoteForFish(tool)),
                _ => PowerShell($"'{tool.Replace("'", "''", StringComparison.Ordinal)}'"),
            });
            return ExitCode.Success;
        });
        return command;
    }

    // The command may have been typed with a path; the tool knows itself by its name. So the position is another as well. Where nothing is
    // offered, the shell completes files.
    private static string Bash(string tool) =>
        $$"""
        _bookinfo() {
            local line=${COMP_LINE:0:COMP_POINT} word=${COMP_WORDS[0]} current=${COMP_WORDS[COMP_CWORD]} one
            line="bookinfo${line#"$word"}"
            COMPREPLY=()
            while IFS= read -r one; do
                if [[ $one == {{FileCompletion.Mark}}* && $current != -* ]]; then
                    COMPREPLY=()
                    return
                elif [[ $one == "$current"* && $one != {{FileCompletion.Mark}}* ]]; then
                    COMPREPLY+=("$one")
                fi
            done < <(dotnet {{tool}} "[suggest:${#line}]" "$line" 2>/dev/null)
        }
        complete -o default -F _bookinfo bookinfo ./bookinfo
        """;

    private static string Zsh(string tool) =>
        $$"""
        _bookinfo() {
            local line="bookinfo${LBUFFER#"${words[1]}"}"
            local -a found=("${(@f)$(dotnet {{tool}} "[suggest:${#line}]" "$line" 2>/dev/null)}")
            if [[ ${words[CURRENT]} != -* && -n ${(M)found:#{{FileCompletion.Mark}}*} ]]; then
                _files
            else
                found=(${found:#{{FileCompletion.Mark}}*})
                compadd -a found
            fi
        }
        compdef _bookinfo bookinfo ./bookinfo
        """;

    private static string Fish(string tool) =>
        $$"""
        function __bookinfo_complete
            set -l words (commandline -cop)
            set -l word (commandline -ct)
            set -l line (string join -- ' ' bookinfo $words[2..] "$word")
            set -l found (dotnet {{tool}} "[suggest:"(string length -- $line)"]" $line 2>/dev/null)
            if string match -q -- '{{FileCompletion.Mark}}*' $found; and not string match -q -- '-*' "$word"
                __fish_complete_path "$word"
            else
                string match -v -- '{{FileCompletion.Mark}}*' $found
            end
        end
        complete -c bookinfo -f -a '(__bookinfo_complete)'
        """;

    private static string PowerShell(string tool) =>
        $$"""
        Register-ArgumentCompleter -Native -CommandName bookinfo, ./bookinfo -ScriptBlock {
            param($word, $ast, $cursor)
            $line = 'bookinfo' + "$ast".PadRight($cursor).Substring("$($ast.CommandElements[0])".Length)
            $found = @(dotnet {{tool}} "[suggest:$($line.Length)]" $line 2>$null)
            if ("$word" -notlike '-*' -and $found -like '{{FileCompletion.Mark}}*') {
                [System.Management.Automation.CompletionCompleters]::CompleteFilename("$word")
            } else {
                $found | Where-Object { $_ -like "$word*" -and $_ -notlike '{{FileCompletion.Mark}}*' } |
                    ForEach-Object { [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_) }
            }
        }
        """;

    private static string Quote(string path) => $"'{path.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    private static string QuoteForFish(string path) => $"'{path.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'",
        StringComparison.Ordinal)}'";
}
