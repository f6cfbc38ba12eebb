using System.Buffers;
using System.Globalization;
using System.Text;

namespace Bookinfo.ServiceDefaults.Logging;

/// <summary>A line of text for people: when, how serious, what, and by which request.</summary>
internal sealed class TextLines : ILineFormat
{
    /// <inheritdoc/>
    public void Write(ArrayBufferWriter<byte> output, in LogLine line)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{line.Time.UtcDateTime:yyyy-MM-ddTHH:mm:ss.fffZ} {line.LevelName,-7} ");
        if (line.Fields is AccessEntry entry)
        {
            var agent = Quotable(entry.UserAgent ?? "-");
            text.Append(CultureInfo.InvariantCulture, $"{entry} {entry.Bytes} B {entry.ClientAddress ?? "-"} \"{agent}\"");
        }
        else
        {
            text.Append(CultureInfo.InvariantCulture, $"{line.Event}: {PrintableText.Clean(line.Message)}");
        }

        if (line.Request is { } request)
        {
            text.Append(CultureInfo.InvariantCulture, $" request={request.Id}");
        }

        if (line.Position is var (trace, span))
        {
            text.Append(CultureInfo.InvariantCulture, $" trace={trace} span={span}");
        }

        text.Append('\n');
        if (line.Exception is { } exception)
        {
            text.Append(exception).Append('\n');
        }

        Encoding.UTF8.GetBytes(text.ToString(), output);
    }

    /// <summary>A text that does not end the quotes around it, as if what follows were no longer the visitor's.</summary>
    private static string Quotable(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
}
