namespace Bookinfo.Contracts;

/// <summary>The methods that HTTP defines (RFC 9110 section 9, and RFC 5789 for PATCH). Case matters.</summary>
public static class HttpMethodNames
{
    /// <summary>The method that reads.</summary>
    public const string Get = "GET";

    /// <summary>The method that reads the head of an answer only.</summary>
    public const string Head = "HEAD";

    /// <summary>The method that sends something to be processed.</summary>
    public const string Post = "POST";

    /// <summary>The method that sets.</summary>
    public const string Put = "PUT";

    /// <summary>The method that removes.</summary>
    public const string Delete = "DELETE";

    private static readonly string[] Known = [Get, Head, Post, Put, Delete, "CONNECT", "OPTIONS", "TRACE", "PATCH"];

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All => Known;

    /// <summary>Finds a method. This happens for each request, so it costs no memory.</summary>
    /// <param name="method">What a request line has.</param>
    /// <returns>The constant; <see langword="null"/> for a method that HTTP does not define.</returns>
    public static string? Find(string method)
    {
        foreach (var known in Known)
        {
            if (known == method)
            {
                return known;
            }
        }

        return null;
    }
}
