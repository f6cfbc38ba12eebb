namespace Bookinfo.Load;

/// <summary>The target cannot be reached, or is not what it was taken for.</summary>
/// <param name="message">One line for the user that says what is wrong and what to do.</param>
internal sealed class TargetException(string message) : Exception(message);
