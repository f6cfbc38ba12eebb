using System.Text.Json.Serialization;

namespace Bookinfo.Load;

/// <summary>JSON of what goes between a load worker and who orders it. Nothing may be missing or unknown: a wrong order must not become another one.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(WorkerClock))]
[JsonSerializable(typeof(WorkerError))]
[JsonSerializable(typeof(WorkerOrder))]
[JsonSerializable(typeof(WorkerResult))]
internal sealed partial class WorkerJson : JsonSerializerContext;
