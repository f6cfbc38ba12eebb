using System.Buffers;

namespace Bookinfo.ServiceDefaults.Logging;

/// <summary>How a line of the log is written.</summary>
internal interface ILineFormat
{
    /// <summary>Writes a line with its end.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="line">The line.</param>
    void Write(ArrayBufferWriter<byte> output, in LogLine line);
}
