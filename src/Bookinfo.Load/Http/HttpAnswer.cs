namespace Bookinfo.Load;

/// <summary>
/// An answer as <see cref="HttpConnection"/> reads it. One is used again and again, so that none has to be made for a request.
/// </summary>
/// <param name="model">How to read it.</param>
public sealed class HttpAnswer(AnswerModel model)
{
    /// <summary>How much of a body is kept to look into; ten times the page. What is beyond is read and forgotten.</summary>
    private const int MostKept = 256 * 1024;

    private byte[] _body = new byte[16 * 1024];
    private int _kept;

    /// <summary>How to read it.</summary>
    public AnswerModel Model => model;

    /// <summary>The status; 0 when none came.</summary>
    public int Status { get; set; }

    /// <summary>Whether the content is an HTML page that can be looked into.</summary>
    public bool IsHtml
    {
        get => field && !IsCoded;
        set;
    }

    /// <summary>Whether the content is JSON that can be looked into.</summary>
    public bool IsJson
    {
        get => field && !IsCoded;
        set;
    }

    /// <summary>Whether the content is coded, as with gzip, which nobody here undoes.</summary>
    public bool IsCoded { get; set; }

    /// <summary>The length of the body in bytes, without the frames of chunks.</summary>
    public long Length { get; private set; }

    /// <summary>The times of the hops.</summary>
    public HopTimes Hops { get; set; }

    /// <summary>The values of its <c>Set-Cookie</c> headers; only read when <see cref="WantsCookies"/>.</summary>
    public List<string> Cookies { get; } = [];

    /// <summary>Whether <see cref="Cookies"/> are of interest.</summary>
    public bool WantsCookies { get; init; }

    /// <summary>Where a redirect leads; only read when <see cref="WantsLocation"/>.</summary>
    public string? Location { get; set; }

    /// <summary>Whether <see cref="Location"/> is of interest.</summary>
    public bool WantsLocation { get; set; }

    /// <summary>The body, as far as it is kept.</summary>
    public ReadOnlySpan<byte> Body => _body.AsSpan(0, _kept);

    /// <summary>Whether <see cref="Body"/> is all of it.</summary>
    public bool IsKeptWhole => _kept == Length;

    /// <summary>Forgets the last one.</summary>
    public void Clear()
    {
        Status = 0;
        IsHtml = false;
        IsJson = false;
        IsCoded = false;
        Length = 0;
        Hops = HopTimes.None;
        Cookies.Clear();
        Location = null;
        _kept = 0;
    }

    /// <summary>Takes a part of the body.</summary>
    /// <param name="part">The part.</param>
    public void Append(ReadOnlySpan<byte> part)
    {
        Length += part.Length;
        if (!IsHtml && !IsJson)
        {
            return;
        }

        part = part[..Math.Min(part.Length, MostKept - _kept)];
        if (_kept + part.Length > _body.Length)
        {
            Array.Resize(ref _body, Math.Min(MostKept, Math.Max(_body.Length * 2, _kept + part.Length)));
        }

        part.CopyTo(_body.AsSpan(_kept));
        _kept += part.Length;
    }
}

/// <summary>Answers that say to ask elsewhere, which nothing here follows.</summary>
public static class Redirect
{
    private const int LongestShown = 200;

    /// <summary>Whether a status is one. 304 is none: it answers who has a copy already.</summary>
    /// <param name="status">The status.</param>
    public static bool Is(int status) => status is >= 300 and < 400 and not 304;

    /// <summary>A location as it can be shown: what a stranger wrote must not act on a terminal, or fill it.</summary>
    /// <param name="location">The location.</param>
    public static string Printable(string location) =>
        new([.. location.Take(LongestShown)
            .Select(static character => char.IsAscii(character) && !char.IsControl(character) ? character : '?')]);
}
