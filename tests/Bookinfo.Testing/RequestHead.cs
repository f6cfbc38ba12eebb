using System.Text;

namespace Bookinfo.Testing;

/// <summary>The request line and the headers of a request, as their bytes came.</summary>
/// <param name="Bytes">The bytes, the empty line at the end included.</param>
internal sealed record RequestHead(byte[] Bytes)
{
    /// <summary>Reads the next one of a connection.</summary>
    /// <param name="stream">The connection. It is read byte by byte, so that nothing after the head is taken.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>The head; <see langword="null"/> when the connection ended before a whole one was there.</returns>
    public static async Task<RequestHead?> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        var head = new List<byte>(1024);
        var one = new byte[1];
        while (await stream.ReadAsync(one, cancellationToken) == 1)
        {
            head.Add(one[0]);
            if (one[0] == '\n' && head.Count >= 4 && head[^2] == '\r' && head[^3] == '\n' && head[^4] == '\r')
            {
                return new RequestHead([.. head]);
            }
        }

        return null;
    }

    /// <summary>The request that it says, one character a byte.</summary>
    /// <param name="connection">The number of the connection that it came on.</param>
    /// <returns>The request.</returns>
    public RecordedRequest Parse(int connection)
    {
        var lines = Encoding.Latin1.GetString(Bytes, 0, Bytes.Length - 4).Split("\r\n");
        return new RecordedRequest(
            lines[0].Split(' ')[1],
            [.. lines.Skip(1).Select(line => line.Split(": ", 2)).Select(parts => (parts[0], parts[^1]))],
            connection);
    }
}
