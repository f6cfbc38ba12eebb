using Google.Protobuf;

namespace Bookinfo.Verification.Tests;

/// <summary>A message of Protocol Buffers as a list of fields, in which some may be changed without knowing the others.</summary>
internal sealed class ProtoMessage
{
    private readonly List<(int Field, WireFormat.WireType Type, object Value)> _fields = [];

    private ProtoMessage()
    {
    }

    /// <summary>Reads the fields of a message.</summary>
    /// <param name="bytes">The message.</param>
    public static ProtoMessage Parse(byte[] bytes)
    {
        var message = new ProtoMessage();
        var input = new CodedInputStream(bytes);
        while (input.ReadTag() is not 0 and var tag)
        {
            var type = WireFormat.GetTagWireType(tag);
            message._fields.Add((WireFormat.GetTagFieldNumber(tag), type, type switch
            {
                WireFormat.WireType.Varint => input.ReadUInt64(),
                WireFormat.WireType.Fixed64 => input.ReadFixed64(),
                WireFormat.WireType.Fixed32 => input.ReadFixed32(),
                WireFormat.WireType.LengthDelimited => input.ReadBytes().ToByteArray(),
                _ => throw new InvalidDataException($"OTLP has no fields of type {type}."),
            }));
        }

        return message;
    }

    /// <summary>An empty one.</summary>
    public static ProtoMessage Create() => new();

    /// <summary>All values of a field.</summary>
    /// <typeparam name="T"><see langword="byte"/>[] for what has a length, <see cref="ulong"/> for numbers and times.</typeparam>
    /// <param name="field">The number of the field.</param>
    public IEnumerable<T> All<T>(int field) => _fields.Where(one => one.Field == field).Select(one => (T)one.Value);

    /// <summary>Adds a field that has a length.</summary>
    /// <param name="field">The number of the field.</param>
    /// <param name="value">Its value.</param>
    public ProtoMessage Add(int field, byte[] value)
    {
        _fields.Add((field, WireFormat.WireType.LengthDelimited, value));
        return this;
    }

    /// <summary>Adds a number.</summary>
    /// <param name="field">The number of the field.</param>
    /// <param name="value">Its value.</param>
    /// <param name="isFixed">Whether it has eight bytes, as times do.</param>
    public ProtoMessage Add(int field, ulong value, bool isFixed = false)
    {
        _fields.Add((field, isFixed ? WireFormat.WireType.Fixed64 : WireFormat.WireType.Varint, value));
        return this;
    }

    /// <summary>Changes each value of a field.</summary>
    /// <typeparam name="T">As in <see cref="All{T}"/>.</typeparam>
    /// <param name="field">The number of the field.</param>
    /// <param name="change">Makes the new value of the old one.</param>
    public ProtoMessage Change<T>(int field, Func<T, T> change)
        where T : notnull
    {
        for (var index = 0; index < _fields.Count; index++)
        {
            if (_fields[index].Field == field)
            {
                _fields[index] = _fields[index] with { Value = change((T)_fields[index].Value) };
            }
        }

        return this;
    }

    /// <summary>The message as it is sent.</summary>
    public byte[] ToBytes()
    {
        using var bytes = new MemoryStream();
        using (var output = new CodedOutputStream(bytes, leaveOpen: true))
        {
            foreach (var (field, type, value) in _fields)
            {
                output.WriteTag(field, type);
                switch (type)
                {
                    case WireFormat.WireType.Varint:
                        output.WriteUInt64((ulong)value);
                        break;
                    case WireFormat.WireType.Fixed64:
                        output.WriteFixed64((ulong)value);
                        break;
                    case WireFormat.WireType.Fixed32:
                        output.WriteFixed32((uint)value);
                        break;
                    default:
                        output.WriteBytes(ByteString.CopyFrom((byte[])value));
                        break;
                }
            }
        }

        return bytes.ToArray();
    }
}
