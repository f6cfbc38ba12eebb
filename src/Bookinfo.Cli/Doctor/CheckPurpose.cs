using System.Text.Json.Serialization;

namespace Bookinfo.Cli.Doctor;

/// <summary>What a check is for: which command needs it.</summary>
internal enum CheckPurpose
{
    /// <summary><c>bookinfo up</c>.</summary>
    [JsonStringEnumMemberName("up")]
    Up,

    /// <summary><c>bookinfo images build</c>.</summary>
    [JsonStringEnumMemberName("images build")]
    Images,

    /// <summary><c>bookinfo deploy</c>, <c>status</c> and <c>delete</c>.</summary>
    [JsonStringEnumMemberName("deploy")]
    Deploy,
}
