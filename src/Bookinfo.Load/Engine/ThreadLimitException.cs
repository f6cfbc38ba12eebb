using System.Globalization;

namespace Bookinfo.Load;

/// <summary>This machine gives the program fewer threads than there are to be connections, each of which takes one.</summary>
/// <param name="connections">How many connections there are to be.</param>
/// <param name="inner">What the runtime says of it: that memory is short, which it need not be.</param>
public sealed class ThreadLimitException(int connections, Exception inner) : Exception(
    string.Create(
        CultureInfo.InvariantCulture,
        $"{connections} connections take a thread each, and the program gets no more threads here: ")
        + "take fewer connections, or raise the limit ('ulimit -u', or that of processes of the container or the service)",
    inner);
