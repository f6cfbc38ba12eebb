using System.Net;

namespace Bookinfo.Verification;

/// <summary>An answer of the application.</summary>
/// <param name="Request">What was asked, for sentences.</param>
/// <param name="Status">The status.</param>
/// <param name="Headers">The header lines.</param>
/// <param name="Body">The body.</param>
public sealed record AppAnswer(string Request, HttpStatusCode Status, IReadOnlyList<(string Name, string Value)> Headers, string Body)
{
    /// <summary>What is shown of a body that is not as it must be.</summary>
    private const int LongestExcerpt = 120;

    /// <summary>The type of the body, without its parameters; empty when it has none.</summary>
    public string Type => Header("Content-Type").Split(';')[0].Trim();

    /// <summary>The values of a header, put together; empty when it is not there.</summary>
    /// <param name="name">Its name.</param>
    public string Header(string name) => string.Join(
        ", ", Headers.Where(header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(header => header.Value));

    /// <summary>Requires a status.</summary>
    /// <param name="status">The status.</param>
    /// <returns>The answer itself.</returns>
    public AppAnswer HasStatus(HttpStatusCode status) =>
        Status == status ? this : throw Broken($"has status {(int)Status} instead of {(int)status}");

    /// <summary>Requires the type of the body.</summary>
    /// <param name="type">The type, or the beginning of it, such as <c>text/</c>.</param>
    /// <returns>The answer itself.</returns>
    public AppAnswer HasType(string type) => (type.EndsWith('/') ? Type.StartsWith(type, StringComparison.Ordinal) : Type == type)
        ? this
        : throw Broken($"has {(Type.Length == 0 ? "no type" : $"type {Type}")} instead of {type}{(type.EndsWith('/') ? "*" : "")}");

    /// <summary>Requires texts in the body.</summary>
    /// <param name="texts">The texts.</param>
    /// <returns>The answer itself.</returns>
    public AppAnswer Shows(params IEnumerable<string> texts) =>
        texts.FirstOrDefault(text => !Body.Contains(text, StringComparison.Ordinal)) is { } missing
            ? throw Broken($"does not contain '{missing}'")
            : this;

    /// <summary>Requires a text not to be in the body.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The answer itself.</returns>
    public AppAnswer Hides(string text) => Body.Contains(text, StringComparison.Ordinal) ? throw Broken($"contains '{text}'") : this;

    /// <summary>Requires something else of it.</summary>
    /// <param name="holds">Whether it is so.</param>
    /// <param name="otherwise">What it does instead, to follow 'the answer to ...'.</param>
    /// <returns>The answer itself.</returns>
    public AppAnswer Is(bool holds, string otherwise) => holds ? this : throw Broken(otherwise);

    /// <summary>Requires it to be good as a whole, without which what is looked for cannot be there.</summary>
    /// <returns>The answer itself.</returns>
    public AppAnswer Require200ToTell() => Status == HttpStatusCode.OK
        ? this
        : throw new ContractBrokenException($"The answer to {Request} has status {(int)Status}, so that it cannot be told.")
        {
            IsOpen = true,
        };

    /// <summary>What is wrong with it.</summary>
    /// <param name="what">To follow 'the answer to ...'.</param>
    public ContractBrokenException Broken(string what) => new($"The answer to {Request} {what}.");

    /// <summary>The beginning of the body, for sentences.</summary>
    public string Excerpt()
    {
        var line = Body.ReplaceLineEndings(" ").Trim();
        return line.Length == 0 ? "nothing" : line.Length <= LongestExcerpt ? line : $"{line[..LongestExcerpt]}...";
    }
}
