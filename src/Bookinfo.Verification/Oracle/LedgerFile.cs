using Bookinfo.Foundation;
using Bookinfo.Load;

namespace Bookinfo.Verification;

/// <summary>Opens files that a user has named as ledgers, and says what is wrong with them.</summary>
public static class LedgerFile
{
    /// <summary>Opens a ledger.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="OperationFailedException">The file is not there, is not a ledger, or cannot be read.</exception>
    public static LedgerReader Open(string path)
    {
        // Opening a pipe that nobody writes to would last for ever.
        if (!Directory.Exists(path) && !OutputPath.IsKept(path))
        {
            throw new OperationFailedException(
                FailureKind.InvalidRequest, $"'{path}' is a pipe or a device, and a ledger is not read from beginning to end only. Write "
                    + "what comes from it to a file, and name that.");
        }

        try
        {
            return new LedgerReader(path);
        }
        catch (InvalidDataException exception)
        {
            throw new OperationFailedException(FailureKind.InvalidRequest, exception.Message);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new OperationFailedException(
                FailureKind.InvalidRequest, $"there is no file '{path}'. 'bookinfo load --ledger FILE' writes one.");
        }
        catch (Exception exception) when (
            exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new OperationFailedException(
                FailureKind.InvalidRequest,
                $"'{path}' cannot be read: {(Directory.Exists(path) ? "it is a directory" : exception.Message.TrimEnd('.'))}.");
        }
    }
}
