using System.Text;
using Microsoft.AspNetCore.Http;

namespace Bookinfo.ServiceDefaults.Faults;

/// <summary>A fault of the text that scrapes of <c>/metrics</c> get, line by line. What is pushed by OTLP stays as it is.</summary>
internal abstract class MetricsTextFault : Fault
{
    /// <inheritdoc/>
    public sealed override bool ConcernsScrapes => true;

    /// <inheritdoc/>
    public sealed override async Task HandleAsync(HttpContext context, RequestDelegate next, ActiveRule rule)
    {
        // The text is to be read here, so nothing may compress it.
        context.Request.Headers.AcceptEncoding = default;
        var body = await WholeAnswer.TakeAsync(context, next);
        var lines = Encoding.UTF8.GetString(body.Span).Split('\n');
        var types = new Dictionary<string, string>();
        for (var index = 0; index < lines.Length; index++)
        {
            if (lines[index].StartsWith("# TYPE ", StringComparison.Ordinal))
            {
                var parts = lines[index].Split(' ');
                types[parts[2]] = parts[3];
            }
            else if (lines[index] is not ("" or ['#', ..]))
            {
                lines[index] = Rewrite(lines[index], types, rule);
            }
        }

        if (context.Response.StatusCode == StatusCodes.Status200OK)
        {
            End();
        }

        await WholeAnswer.SendAsync(context, Encoding.UTF8.GetBytes(string.Join('\n', lines)));
    }

    /// <summary>Hears that a scrape is rewritten to its end; not of one that got no metrics, because another fault let it fail.</summary>
    protected virtual void End()
    {
    }

    /// <summary>Rewrites a sample.</summary>
    /// <param name="sample">Its line.</param>
    /// <param name="types">The types of the metrics so far, by their names.</param>
    /// <param name="rule">The rule.</param>
    /// <returns>The line to send in its place.</returns>
    protected abstract string Rewrite(string sample, IReadOnlyDictionary<string, string> types, ActiveRule rule);
}
