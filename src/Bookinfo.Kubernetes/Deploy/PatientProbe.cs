using System.Net.Sockets;
using System.Text;
using Bookinfo.Load;

namespace Bookinfo.Kubernetes;

/// <summary>
/// Asks at several places until each answers as it should. A node learns of pods only some time after they have become ready, and until
/// then refuses, or passes requests on to pods that are gone: that it does not answer is certain only when it has not for long enough.
/// </summary>
/// <param name="client">Sends the requests, and gives up on one after a while.</param>
/// <param name="judge">
/// Says what is wrong with an answer, of its status and its body: nothing (<see langword="null"/>), something, or that it counts for none
/// (empty).
/// </param>
/// <param name="patience">How long the places may take.</param>
/// <param name="waiting">Is told once which places are waited for, if some are.</param>
/// <param name="time">Tells the time and waits.</param>
public sealed class PatientProbe(
    HttpClient client, Func<int, string, string?> judge, TimeSpan patience, Action<string> waiting, TimeProvider time)
{
    private const int MiB = 1024 * 1024;

    /// <summary>Far more MiB than a page has. What is longer is something else, and may have no end.</summary>
    private const int LongestAnswer = 4;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    /// <summary>How long nobody has to know that something is waited for.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private readonly List<string> _waitedFor = [];

    /// <summary>Makes a client that asks nodes. Each request has a connection of its own, so that each may get to another pod.</summary>
    /// <param name="timeout">When it gives up on a request.</param>
    public static HttpClient CreateClient(TimeSpan timeout)
    {
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            ConnectCallback = HostAddresses.ConnectAsync,
            ConnectTimeout = timeout,
            PooledConnectionLifetime = TimeSpan.Zero,
        };
        return new HttpClient(handler) { Timeout = timeout, MaxResponseContentBufferSize = LongestAnswer * MiB };
    }

    /// <summary>Asks each place until it answers as it should.</summary>
    /// <param name="places">Their names, each with its addresses, one of which is enough.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>
    /// For each place the address that answers, or <see langword="null"/>, and what is wrong with the answer, if one came.
    /// </returns>
    public async Task<IReadOnlyList<(string Name, string? Address, string? Wrong)>> FindAsync(
        IReadOnlyList<(string Name, IReadOnlyList<string> Addresses)> places, CancellationToken cancellationToken)
    {
        _waitedFor.AddRange(places.Select(place => place.Name));
        using var notice = time.CreateTimer(_ => SayWhatIsWaitedFor(), null, Silence, Timeout.InfiniteTimeSpan);
        return await Task.WhenAll(places.Select(async place =>
        {
            var (address, wrong) = await FindAsync(place.Addresses, cancellationToken);
            lock (_lock)
            {
                _waitedFor.Remove(place.Name);
            }

            return (place.Name, address, wrong);
        }));
    }

    private async Task<(string? Address, string? Wrong)> FindAsync(IReadOnlyList<string> addresses, CancellationToken cancellationToken)
    {
        for (var began = time.GetTimestamp(); addresses.Count > 0;)
        {
            string? bad = null;
            using var round = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            await foreach (var asked in Task.WhenEach(
                addresses.Select(async address => (Address: address, Wrong: await AskAsync(address, round.Token)))))
            {
                var answer = await asked;
                if (answer.Wrong is null)
                {
                    await round.CancelAsync();
                    return (answer.Address, null);
                }

                bad ??= answer.Wrong.Length > 0 ? $"{answer.Address}: {answer.Wrong}" : null;
            }

            if (time.GetElapsedTime(began) >= patience)
            {
                return (null, bad);
            }

            await Task.Delay(Interval, time, cancellationToken);
        }

        return (null, null);
    }

    private async Task<string?> AskAsync(string address, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await client.GetAsync(new Uri(address), cancellationToken);
            // Whatever encoding it says it has: what is looked for is ASCII.
            return judge((int)answer.StatusCode, Encoding.UTF8.GetString(await answer.Content.ReadAsByteArrayAsync(cancellationToken)));
        }
        catch (HttpRequestException exception) when (exception.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded)
        {
            return $"its answer is longer than {LongestAnswer} MiB";
        }
        catch (Exception exception) when (exception is HttpRequestException or SocketException or IOException
            || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return "";
        }
    }

    private void SayWhatIsWaitedFor()
    {
        string names;
        lock (_lock)
        {
            names = string.Join(", ", _waitedFor);
        }

        if (names.Length > 0)
        {
            waiting(names);
        }
    }
}
