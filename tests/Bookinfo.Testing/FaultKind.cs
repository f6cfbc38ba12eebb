namespace Bookinfo.Testing;

/// <summary>In which way a <see cref="Fault"/> goes wrong.</summary>
public enum FaultKind
{
    /// <summary>An error that the proxy answers itself.</summary>
    Answer,

    /// <summary>An error in place of the answer that the backend gave.</summary>
    Replace,

    /// <summary>No answer.</summary>
    Hang,

    /// <summary>Half an answer.</summary>
    HangInBody,

    /// <summary>An end of the connection instead of an answer.</summary>
    Close,

    /// <summary>An end of the connection in the middle of the answer.</summary>
    CloseInBody,

    /// <summary>Something that is not HTTP.</summary>
    NoHttp,
}
