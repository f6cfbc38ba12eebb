namespace Bookinfo.Measurement;

/// <summary>How the requests of a measurement are sent, wherever from.</summary>
/// <param name="Headers">Further headers.</param>
/// <param name="Connections">How many connections there are, each with at most one request under way.</param>
/// <param name="Timeout">How long a request may take.</param>
/// <param name="Insecure">Whether any certificate will do.</param>
public sealed record RequestSettings(IReadOnlyList<KeyValuePair<string, string>> Headers, int Connections, TimeSpan Timeout, bool Insecure);
