namespace Bookinfo.Testing;

/// <summary>What a <see cref="FaultProxy"/> does to a request instead of passing it on.</summary>
/// <param name="Status">The status of the answer that it gives itself; <see langword="null"/> when it gives none.</param>
/// <param name="Kind">How it goes wrong.</param>
public sealed record Fault(FaultKind Kind, int? Status = null)
{
    /// <summary>No answer, for as long as the caller waits.</summary>
    public static Fault Hang { get; } = new(FaultKind.Hang);

    /// <summary>The head of a 200 and half of its body, and then nothing more for as long as the caller waits.</summary>
    public static Fault HangInBody { get; } = new(FaultKind.HangInBody);

    /// <summary>The end of the connection in place of an answer.</summary>
    public static Fault Close { get; } = new(FaultKind.Close);

    /// <summary>The head of a 200 and half of its body, and then the end of the connection.</summary>
    public static Fault CloseInBody { get; } = new(FaultKind.CloseInBody);

    /// <summary>Bytes that are not HTTP, and then the end of the connection.</summary>
    public static Fault NoHttp { get; } = new(FaultKind.NoHttp);

    /// <summary>An answer of the proxy's own; the backend never hears of the request.</summary>
    /// <param name="status">Its status.</param>
    public static Fault Answer(int status) => new(FaultKind.Answer, status);

    /// <summary>The backend is asked and answers, but the caller gets this instead.</summary>
    /// <param name="status">The status of the answer that the caller gets.</param>
    public static Fault Replace(int status) => new(FaultKind.Replace, status);
}
