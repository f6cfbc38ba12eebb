using System.Text;

namespace Bookinfo.ServiceDefaults.Hosting;

/// <summary>
/// How the value of <c>Content-Length</c> is read: as digits and nothing else (RFC 9110 section 8.6). Kestrel accepts a sign too, and two
/// parties that disagree about a length disagree about where the next request begins. Anything that is not a length becomes a question
/// mark, which Kestrel answers with 400.
/// </summary>
internal sealed class ContentLengthEncoding : Encoding
{
    /// <summary>The encoding.</summary>
    public static readonly ContentLengthEncoding Instance = new();

    /// <summary>The most digits that Kestrel has room for: 10^18 is the largest power of ten in 64 bits.</summary>
    private const int MostDigits = 19;

    /// <inheritdoc/>
    public override int GetChars(ReadOnlySpan<byte> bytes, Span<char> chars)
    {
        if (bytes.Length is 0 or > MostDigits || bytes.ContainsAnyExceptInRange((byte)'0', (byte)'9'))
        {
            chars[0] = '?';
            return 1;
        }

        return Latin1.GetChars(bytes, chars);
    }

    /// <inheritdoc/>
    public override int GetByteCount(char[] chars, int index, int count) => Latin1.GetByteCount(chars, index, count);

    /// <inheritdoc/>
    public override int GetBytes(char[] chars, int charIndex, int charCount, byte[] bytes, int byteIndex) =>
        Latin1.GetBytes(chars, charIndex, charCount, bytes, byteIndex);

    /// <inheritdoc/>
    public override int GetCharCount(byte[] bytes, int index, int count) => Latin1.GetCharCount(bytes, index, count);

    /// <inheritdoc/>
    public override int GetChars(byte[] bytes, int byteIndex, int byteCount, char[] chars, int charIndex) =>
        Latin1.GetChars(bytes, byteIndex, byteCount, chars, charIndex);

    /// <inheritdoc/>
    public override int GetMaxByteCount(int charCount) => Latin1.GetMaxByteCount(charCount);

    /// <inheritdoc/>
    public override int GetMaxCharCount(int byteCount) => Latin1.GetMaxCharCount(byteCount);
}
