using System.Globalization;

namespace Bookinfo.Load;

/// <summary>This machine allows the program fewer threads than it needs connections, each of which takes one.</summary>
/// <param name="connections">How many connections were planned.</param>
/// <param name="inner">What the runtime threw: it says that memory is short, which need not be the cause.</param>
public sealed class ThreadLimitException(int connections, Exception inner) : Exception(
    string.Create(
        CultureInfo.InvariantCulture,
        $"{connections} connections take a thread each, and the program gets no more threads here: ")
        + "take fewer connections, or raise the limit ('ulimit -u', or that of processes of the container or the service)",
    inner);
