using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Bookinfo.Foundation;

namespace Bookinfo.Verification;

/// <summary>The lines of logs in an Elasticsearch, by its search API.</summary>
/// <param name="address">Where its API is.</param>
/// <param name="index">Which indices or data streams to look in, with wildcards, separated by commas.</param>
public sealed class ElasticsearchLogs(Uri address, string index) : ILogStore
{
    /// <summary>What the usual shippers write to.</summary>
    public const string UsualIndex = "logs-*,filebeat-*,logstash-*,fluent*";

    /// <summary>Half of what a search may give at most, unless the index is told otherwise.</summary>
    private const int PageSize = 5000;

    private const string IdField = "id";
    private const string Search = "/_search";
    private const string KeepAlive = "2m";

    /// <summary>It is not a mistake when a pattern finds no index.</summary>
    private const string Lenient = "ignore_unavailable=true&allow_no_indices=true";

    private readonly JsonClient _client = new(address, "Elasticsearch");

    /// <inheritdoc/>
    public string Name => $"{_client.Name}, {index}";

    /// <inheritdoc/>
    public IEnumerable<string> Notes => [_client.NotTried];

    private string Path => $"/{string.Join(',', index.Split(',').Select(Uri.EscapeDataString))}";

    /// <inheritdoc/>
    public async Task ConnectAsync(CancellationToken cancellationToken)
    {
        var path = $"{Path}/_count?{Lenient}";
        using var answer = await AskAsync(path, new JsonObject(), cancellationToken);
        if (_client.Read(path, () => answer.RootElement.GetProperty("_shards").GetProperty("total").GetInt64()) == 0)
        {
            throw new OperationFailedException(
                FailureKind.InvalidRequest, $"{_client.Name} has no index '{index}': name those that have the logs with --index.");
        }
    }

    /// <inheritdoc/>
    public async Task<long?> GetSizeAsync(RunExpectation run, CancellationToken cancellationToken)
    {
        var path = $"{Path}/_count?{Lenient}";
        using var answer = await AskAsync(path, new JsonObject { ["query"] = QueryFor(run) }, cancellationToken);
        return _client.Read(path, () => answer.RootElement.GetProperty("count").GetInt64());
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<string> ReadAsync(
        RunExpectation run, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // What is there at this point in time, so that pages fit together while more comes.
        var open = $"{Path}/_pit?keep_alive={KeepAlive}&ignore_unavailable=true";
        var id = await OpenAsync(open, cancellationToken);
        try
        {
            JsonNode? after = null;
            var known = new HashSet<string>();
            do
            {
                var page = await ReadPageAsync(run, id, after, cancellationToken);
                foreach (var line in page.Lines)
                {
                    yield return line;
                }

                (id, after) = (page.Id, page.After);
                if (after is not null && !known.Add(after.ToJsonString()))
                {
                    throw _client.Unreadable(Search, new JsonException("it ends where an earlier one did, so it would never be over"));
                }
            }
            while (after is not null);
        }
        finally
        {
            await CloseAsync(id);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private static JsonObject QueryFor(RunExpectation run)
    {
        var window = LogWindow.Of(run);
        return new JsonObject
        {
            ["range"] = new JsonObject
            {
                ["@timestamp"] = new JsonObject { ["gte"] = Text(window.From), ["lt"] = Text(window.To) },
            },
        };
    }

    private static string Text(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private async Task<string> OpenAsync(string path, CancellationToken cancellationToken)
    {
        using var answer = await AskAsync(path, question: null, cancellationToken);
        return _client.Read(path, () => answer.RootElement.GetProperty(IdField).GetText());
    }

    private async Task CloseAsync(string id)
    {
        try
        {
            using var answer = await _client.AskAsync(
                HttpMethod.Delete, "/_pit", new JsonObject { [IdField] = id }, CancellationToken.None);
        }
        catch (OperationFailedException)
        {
            // It goes by itself when nobody has asked for two minutes.
        }
    }

    private async Task<Page> ReadPageAsync(RunExpectation run, string id, JsonNode? after, CancellationToken cancellationToken)
    {
        var question = new JsonObject
        {
            ["size"] = PageSize,
            ["track_total_hits"] = false,
            ["query"] = QueryFor(run),
            ["pit"] = new JsonObject { [IdField] = id, ["keep_alive"] = KeepAlive },
            ["sort"] = new JsonArray(new JsonObject { ["_shard_doc"] = "asc" }),
        };
        if (after is not null)
        {
            question["search_after"] = after;
        }

        using var answer = await AskAsync(Search, question, cancellationToken);
        return _client.Read(Search, () =>
        {
            var hits = answer.RootElement.GetProperty("hits").GetProperty("hits").EnumerateArray().ToList();
            return new Page(
                [.. hits.Select(hit => LineOf(hit.GetProperty("_source")))],
                answer.RootElement.TryGetProperty("pit_id", out var next) ? next.GetText() : id,
                // An answer may be shorter than its limit: it is over when nothing more comes.
                hits.Count == 0 ? null : JsonNode.Parse(hits[^1].GetProperty("sort").GetRawText()));
        });
    }

    /// <summary>
    /// The line as the service wrote it: shippers keep it as a text, or put its fields below one of their own, or beside their own.
    /// </summary>
    private static string LineOf(JsonElement source)
    {
        foreach (var name in (ReadOnlySpan<string>)["message", "log"])
        {
            if (source.TryGetProperty(name, out var text) && text.ValueKind == JsonValueKind.String
                && text.GetString()!.StartsWith('{'))
            {
                return text.GetString()!.TrimEnd();
            }
        }

        foreach (var name in (ReadOnlySpan<string>)["json", "log_processed", "parsed"])
        {
            if (source.TryGetProperty(name, out var fields) && fields.ValueKind == JsonValueKind.Object)
            {
                return fields.GetRawText();
            }
        }

        return source.GetRawText();
    }

    /// <summary>Asks, and is answered by all of it.</summary>
    private async Task<JsonDocument> AskAsync(string path, JsonNode? question, CancellationToken cancellationToken)
    {
        var answer = await _client.AskAsync(HttpMethod.Post, path, question, cancellationToken) ?? throw new OperationFailedException(
            FailureKind.InvalidRequest, $"{_client.Name} has no index '{index}': name those that have the logs with --index.");
        var isWhole = _client.Read(path, () =>
            !(answer.RootElement.TryGetProperty("timed_out", out var timedOut) && timedOut.GetBoolean())
            && !(answer.RootElement.TryGetProperty("_shards", out var shards) && shards.GetProperty("failed").GetInt64() > 0));
        return isWhole ? answer : throw new OperationFailedException(
            FailureKind.Failed, $"{_client.Name} answers for some of its shards only, so some lines cannot be seen.");
    }

    /// <summary>Some of the lines.</summary>
    /// <param name="Lines">The lines.</param>
    /// <param name="Id">The point in time to ask for next.</param>
    /// <param name="After">After what to ask next; <see langword="null"/> when there is nothing more.</param>
    private sealed record Page(IReadOnlyList<string> Lines, string Id, JsonNode? After);
}
