using System.Diagnostics;

namespace Bookinfo.ToolTesting;

/// <summary>Sends signals as the shell's <c>kill</c> does.</summary>
public static class Signal
{
    /// <param name="signal">Its name, without SIG.</param>
    /// <param name="target">A process, or minus a process group. That it is gone already is not an error.</param>
    public static async Task SendAsync(string signal, int target)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", $"kill -s {signal} -- {target}"]) { RedirectStandardError = true };
        using var kill = Process.Start(start)!;
        var error = await kill.StandardError.ReadToEndAsync();
        await kill.WaitForExitAsync();
        Assert.True(error.Length == 0 || error.Contains("No such process"), error);
    }
}
