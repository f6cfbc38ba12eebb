using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;

namespace Bookinfo.ServiceDefaults.Backends;

/// <summary>What came of a call to a backend. Its body lies in memory that is used again once it is disposed.</summary>
/// <param name="Status">The status of its answer; <see langword="null"/> when it gave none (refused, timed out, broken off).</param>
/// <param name="Body">The body of its answer, at most <see cref="BackendClient.LargestAnswer"/> bytes.</param>
public sealed record BackendAnswer(int? Status, ReadOnlyMemory<byte> Body) : IDisposable
{
    private byte[]? _borrowed;

    /// <summary>The backend gave no answer.</summary>
    public static BackendAnswer None { get; } = new(Status: null, default);

    /// <summary>The call that it answers, where it is told that its body is not what it should be.</summary>
    internal (BackendClient Client, HttpContext Context, string Path)? Call { private get; set; }

    /// <summary>The value of its header <c>Server-Timing</c>, unchecked; <see langword="null"/> when it sent none.</summary>
    public string? ServerTiming { get; init; }

    /// <summary>An answer whose body lies in an array of <see cref="ArrayPool{T}.Shared"/>.</summary>
    /// <param name="status">Its status.</param>
    /// <param name="borrowed">The array.</param>
    /// <param name="length">How much of it is the body.</param>
    /// <param name="serverTiming">As <see cref="ServerTiming"/>.</param>
    /// <returns>The answer, to which the array belongs now.</returns>
    public static BackendAnswer Borrowing(int status, byte[] borrowed, int length, string? serverTiming) =>
        new(status, borrowed.AsMemory(0, length)) { _borrowed = borrowed, ServerTiming = serverTiming };

    /// <summary>Gives the memory of the body back.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _borrowed, null) is { } borrowed)
        {
            ArrayPool<byte>.Shared.Return(borrowed);
        }
    }

    /// <summary>Whether the backend answered 200. Whether the body is what it should be is for the reader to find out.</summary>
    public bool IsOk => Status == 200;

    /// <summary>Says that the body of a 200 is not what it should be, by which the call has failed after all.</summary>
    public void Reject()
    {
        if (Call is var (client, context, path))
        {
            client.TellUnusable(context, path);
        }
    }

    /// <summary>Whether the body is one complete JSON value, in UTF-8.</summary>
    /// <returns>Whether it is.</returns>
    public bool IsJson()
    {
        // The reader looks at the text in strings only when it is asked for.
        if (!Utf8.IsValid(Body.Span))
        {
            return false;
        }

        var reader = new Utf8JsonReader(Body.Span);
        try
        {
            while (reader.Read())
            {
            }

            return reader.TokenType is not JsonTokenType.None;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>Reads the body of a 200.</summary>
    /// <typeparam name="T">What it should be.</typeparam>
    /// <param name="typeInfo">How it is read.</param>
    /// <returns>The value; <see langword="null"/> when the answer is no 200 or the body is something else.</returns>
    public T? Read<T>(JsonTypeInfo<T> typeInfo)
        where T : class
    {
        if (!IsOk)
        {
            return null;
        }

        try
        {
            if (JsonSerializer.Deserialize(Body.Span, typeInfo) is { } value)
            {
                return value;
            }
        }
        catch (JsonException)
        {
            // Told below.
        }

        Reject();
        return null;
    }
}
