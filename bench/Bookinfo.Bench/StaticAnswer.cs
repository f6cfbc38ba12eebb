namespace Bookinfo.Bench;

/// <summary>What a reference answers.</summary>
/// <param name="Target">What it stands for.</param>
/// <param name="ContentType">Its type.</param>
/// <param name="File">Where its bytes are.</param>
internal sealed record StaticAnswer(string Target, string ContentType, string File);
