namespace Bookinfo.Foundation;

/// <summary>A path given by the user.</summary>
public static class GivenPath
{
    /// <summary>Makes the path absolute.</summary>
    /// <param name="option">The option that it was given with.</param>
    /// <param name="path">The path.</param>
    /// <exception cref="OperationFailedException">The path is relative, and the current directory has been deleted.</exception>
    public static string Resolve(string option, string path)
    {
        try
        {
            return Path.GetFullPath(path);
        }
        catch (IOException)
        {
            throw new OperationFailedException(
                FailureKind.InvalidRequest, $"{option} '{path}' is not allowed: the current directory has been deleted. Change to another "
                    + "one, or give a path that begins with /.");
        }
    }
}
