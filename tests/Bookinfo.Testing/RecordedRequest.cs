namespace Bookinfo.Testing;

/// <summary>A request as its bytes came, one character a byte.</summary>
/// <param name="Target">The request target.</param>
/// <param name="Headers">The header lines in their order, names as they were written.</param>
/// <param name="Connection">The number of the connection that it came on, counted from 1.</param>
public sealed record RecordedRequest(string Target, IReadOnlyList<(string Name, string Value)> Headers, int Connection)
{
    /// <summary>The values of a header, in any case of its name.</summary>
    /// <param name="name">Its name.</param>
    public IReadOnlyList<string> Values(string name) =>
        [.. Headers.Where(header => string.Equals(header.Name, name, StringComparison.OrdinalIgnoreCase)).Select(header => header.Value)];
}
