using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Bookinfo.Supervision;

/// <summary>What Linux offers to hold on to the processes that one has started, and .NET does not.</summary>
internal static partial class Kernel
{
    private const int SetChildSubreaper = 36;
    private const int Kill = 9;
    private const int NoSuchProcess = 3;

    /// <summary>The process that started this one, or has taken it over since that one ended.</summary>
    [LibraryImport("libc", EntryPoint = "getppid")]
    public static partial int ParentId();

    /// <summary>
    /// From now on a process below this one, however far, becomes a child of this one when its parent ends, and not of the machine's first
    /// process. No new session, no new process group, no new environment and no <c>exec</c> gets it out of that.
    /// </summary>
    /// <exception cref="Win32Exception">The kernel refuses.</exception>
    public static void AdoptOrphans()
    {
        if (Control(SetChildSubreaper, 1, 0, 0, 0) != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
    }

    /// <summary>Sends a signal. It is not an error that the process is gone already.</summary>
    /// <param name="pid">The process.</param>
    /// <param name="signal">The number of the signal; SIGKILL when it is not said.</param>
    /// <exception cref="Win32Exception">It is somebody else's.</exception>
    public static void Send(int pid, int signal = Kill)
    {
        if (SendSignal(pid, signal) != 0 && Marshal.GetLastPInvokeError() is var error and not NoSuchProcess)
        {
            throw new Win32Exception(error);
        }
    }

    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    private static partial int Control(int option, nuint argument, nuint third, nuint fourth, nuint fifth);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendSignal(int pid, int signal);
}
