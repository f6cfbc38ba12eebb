namespace Bookinfo.ServiceDefaults.Telemetry;

/// <summary>
/// Reads the fields of a message of Protocol Buffers (https://protobuf.dev/programming-guides/encoding/) one after another.
/// </summary>
/// <param name="message">The message.</param>
internal ref struct ProtobufFields(ReadOnlySpan<byte> message)
{
    private ReadOnlySpan<byte> _rest = message;

    /// <summary>The number of the field.</summary>
    public int Field { get; private set; }

    /// <summary>Its value, when it is a varint; else 0.</summary>
    public ulong Number { get; private set; }

    /// <summary>Its value, when it is a text, bytes or a message; else empty.</summary>
    public ReadOnlySpan<byte> Bytes { get; private set; }

    /// <summary>Goes to the next field.</summary>
    /// <returns>Whether there is one that can be read.</returns>
    public bool Read()
    {
        Number = 0;
        Bytes = default;
        if (!TryReadVarint(out var key))
        {
            return false;
        }

        Field = (int)(key >> 3);
        switch (key & 7)
        {
            case 0:
                var isWhole = TryReadVarint(out var number);
                Number = number;
                return isWhole;
            case 1:
                return TryTake(8, out _);
            case 2:
                ReadOnlySpan<byte> bytes = default;
                isWhole = TryReadVarint(out var length) && TryTake(length, out bytes);
                Bytes = bytes;
                return isWhole;
            case 5:
                return TryTake(4, out _);
            default:
                return false;
        }
    }

    /// <summary>Goes to the next field with a number.</summary>
    /// <returns>Whether there is one that can be read.</returns>
    public bool Read(int field)
    {
        while (Read())
        {
            if (Field == field)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Reads seven bits of each byte, the lowest first, up to one without the highest bit.</summary>
    private bool TryReadVarint(out ulong value)
    {
        const int LongestVarint = 10;
        value = 0;
        for (var index = 0; index < Math.Min(_rest.Length, LongestVarint); index++)
        {
            value |= (ulong)(_rest[index] & 0x7f) << (7 * index);
            if (_rest[index] < 0x80)
            {
                _rest = _rest[(index + 1)..];
                return true;
            }
        }

        return false;
    }

    private bool TryTake(ulong length, out ReadOnlySpan<byte> taken)
    {
        taken = default;
        if (length > (ulong)_rest.Length)
        {
            return false;
        }

        taken = _rest[..(int)length];
        _rest = _rest[(int)length..];
        return true;
    }
}
