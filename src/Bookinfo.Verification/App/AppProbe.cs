using System.Text;

namespace Bookinfo.Verification;

/// <summary>Asks one process of the application, as a client from outside does.</summary>
/// <param name="client">What asks.</param>
/// <param name="address">The address of the process.</param>
/// <param name="firstId">The first of the ids of products that nobody else has rated or will rate.</param>
/// <param name="cancellationToken">Cancels whatever is under way.</param>
public sealed class AppProbe(AppClient client, Uri address, int firstId, CancellationToken cancellationToken)
{
    /// <summary>How many ids there are for each <c>firstId</c>.</summary>
    private const int Ids = 64;

    /// <summary>Above it there are as many ids again of 32 bits, which is all that the original of reviews takes.</summary>
    private const int LowestId = 1_000_000_000;

    /// <summary>The address of the process.</summary>
    public Uri Address => address;

    /// <summary>Header lines of every request that does not say otherwise.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> UsualHeaders { get; init; } = [];

    /// <summary>The first id for checks that begin now, so that what one run posts is not in the way of the next one.</summary>
    /// <param name="time">Tells the time.</param>
    public static int FirstIdAt(TimeProvider time) =>
        LowestId + (int)(time.GetUtcNow().ToUnixTimeMilliseconds() / 100 % (LowestId / Ids) * Ids);

    /// <summary>The id of a product that nobody else has rated.</summary>
    /// <param name="number">Which one, from 0 to 63.</param>
    public int Id(int number) => firstId + number;

    /// <summary>Sends a GET.</summary>
    /// <param name="path">The path.</param>
    /// <param name="headers">Header lines.</param>
    public Task<AppAnswer> GetAsync(string path, params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Get, path, content: null, headers);

    /// <summary>Sends a POST of a text.</summary>
    /// <param name="path">The path.</param>
    /// <param name="body">The text.</param>
    /// <param name="type">Its type.</param>
    public Task<AppAnswer> PostAsync(string path, string body, string type = "text/plain") =>
        SendAsync(HttpMethod.Post, path, new StringContent(body, Encoding.UTF8, type));

    /// <summary>Sends a request.</summary>
    /// <param name="method">The method.</param>
    /// <param name="path">The path.</param>
    /// <param name="content">The body; <see langword="null"/> for none.</param>
    /// <param name="headers">Header lines.</param>
    /// <returns>The answer, whatever it is.</returns>
    /// <exception cref="ContractBrokenException">There is none.</exception>
    public async Task<AppAnswer> SendAsync(
        HttpMethod method, string path, HttpContent? content = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, new Uri(address, path)) { Content = content };
        foreach (var (name, value) in headers.Concat(UsualHeaders
            .Where(usual => !headers.Any(own => own.Name.Equals(usual.Key, StringComparison.OrdinalIgnoreCase)))
            .Select(usual => (Name: usual.Key, usual.Value))))
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await client.SendAsync($"{method} {path}", request, cancellationToken);
    }
}
