using Bookinfo.Cli.Local;

namespace Bookinfo.Cli.Images;

/// <summary>An image that was built.</summary>
/// <param name="Program">What is in it.</param>
/// <param name="Name">Its full name.</param>
/// <param name="Archive">What it consists of.</param>
/// <param name="File">The full path of its archive; <see langword="null"/> when it was not to be saved.</param>
internal sealed record BuiltImage(NativeProgram Program, string Name, ImageArchive Archive, string? File);
