namespace Bookinfo.Cli;

/// <summary>A command cannot go on for a reason that its user can act on. The message is shown as it is, without a stack trace.</summary>
/// <param name="exitCode">One of <see cref="ExitCode"/>.</param>
/// <param name="message">One line that says what is wrong and what to do.</param>
internal sealed class CommandFailedException(int exitCode, string message) : Exception(message)
{
    /// <summary>The exit code of the process.</summary>
    public int ExitCode { get; } = exitCode;
}
