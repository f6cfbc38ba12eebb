using System.Runtime.InteropServices;
using Bookinfo.Cli.Terminal;

namespace Bookinfo.Cli.Tests;

/// <summary>Which signal after the first is taken for impatience.</summary>
public sealed class StopSignalsTests
{
    /// <param name="seconds">The time since the first.</param>
    [Theory]
    // Wrappers pass on a Ctrl-C that the terminal has sent to everyone.
    [InlineData(PosixSignal.SIGINT, 0, false)]
    [InlineData(PosixSignal.SIGINT, 0.1, false)]
    [InlineData(PosixSignal.SIGINT, 0.101, true)]
    [InlineData(PosixSignal.SIGINT, 5, true)]
    // timeout sends two at once.
    [InlineData(PosixSignal.SIGTERM, 0, false)]
    [InlineData(PosixSignal.SIGTERM, 1, false)]
    [InlineData(PosixSignal.SIGTERM, 1.001, true)]
    // So does a terminal that is closed, and not at once.
    [InlineData(PosixSignal.SIGHUP, 0, false)]
    [InlineData(PosixSignal.SIGHUP, 5, false)]
    public void Another_wants_it_at_once(PosixSignal signal, double seconds, bool isImpatient) =>
        Assert.Equal(isImpatient, StopSignals.IsImpatient(signal, TimeSpan.FromSeconds(seconds)));
}
