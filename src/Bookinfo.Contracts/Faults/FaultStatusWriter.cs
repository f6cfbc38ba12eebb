using System.Text.Json;

namespace Bookinfo.Contracts;

/// <summary>
/// How a service writes <see cref="FaultStatus"/>; <see cref="FaultJson"/> reads it. What the serializer generates for these records, and
/// for each kind of value in them, would make executables larger by a hundred kilobytes or more.
/// </summary>
public static class FaultStatusWriter
{
    /// <summary>Writes a status.</summary>
    /// <param name="json">Where to.</param>
    /// <param name="status">The status.</param>
    public static void Write(Utf8JsonWriter json, FaultStatus status)
    {
        json.WriteStartObject();
        json.WriteString("service"u8, status.Service);
        json.WriteString("version"u8, status.Version);
        json.WriteString("instance"u8, status.Instance);
        json.WriteString("startedAt"u8, status.StartedAt);
        WriteArray(json, "sets"u8, status.Sets, Write);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, FaultSetStatus set)
    {
        json.WriteStartObject();
        json.WriteString("name"u8, set.Name);
        json.WriteString("source"u8, set.Source);
        if (set.RemainingSeconds is { } seconds)
        {
            json.WriteNumber("remainingSeconds"u8, seconds);
        }
        else
        {
            json.WriteNull("remainingSeconds"u8);
        }

        WriteArray(json, "rules"u8, set.Rules, Write);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, FaultRuleStatus rule)
    {
        json.WriteStartObject();
        json.WriteString("name"u8, rule.Name);
        json.WriteString("fault"u8, rule.Fault);
        json.WriteBoolean("active"u8, rule.Active);
        json.WriteNumber("matched"u8, rule.Matched);
        json.WriteNumber("injected"u8, rule.Injected);
        json.WriteNumber("seed"u8, rule.Seed);
        json.WritePropertyName("rule"u8);
        rule.Rule.WriteTo(json);
        json.WriteEndObject();
    }

    private static void WriteArray<T>(
        Utf8JsonWriter json, ReadOnlySpan<byte> name, IReadOnlyList<T> items, Action<Utf8JsonWriter, T> write)
    {
        json.WriteStartArray(name);
        foreach (var item in items)
        {
            write(json, item);
        }

        json.WriteEndArray();
    }
}
