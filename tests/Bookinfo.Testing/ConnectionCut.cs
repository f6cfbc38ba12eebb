namespace Bookinfo.Testing;

/// <summary>How a client ends its side of a connection.</summary>
public enum ConnectionCut
{
    /// <summary>Not at all, before the server does.</summary>
    None,

    /// <summary>It says that nothing more comes (FIN), and goes on reading.</summary>
    End,

    /// <summary>It drops the connection (RST).</summary>
    Reset,
}
