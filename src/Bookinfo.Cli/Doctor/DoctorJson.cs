using System.Text.Json.Serialization;

namespace Bookinfo.Cli.Doctor;

/// <summary>How the object of <c>doctor --output json</c> is written.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true)]
[JsonSerializable(typeof(DoctorRecord))]
internal sealed partial class DoctorJson : JsonSerializerContext;
