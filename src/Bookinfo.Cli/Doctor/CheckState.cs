using System.Text.Json.Serialization;

namespace Bookinfo.Cli.Doctor;

/// <summary>How a check came out.</summary>
internal enum CheckState
{
    /// <summary>It is as it has to be.</summary>
    [JsonStringEnumMemberName("ok")]
    Ok,

    /// <summary>It does not stand in the way, or not always.</summary>
    [JsonStringEnumMemberName("warning")]
    Warning,

    /// <summary>Something cannot work because of it.</summary>
    [JsonStringEnumMemberName("problem")]
    Problem,

    /// <summary>It could not be found out, because an earlier check has to be ok for that.</summary>
    [JsonStringEnumMemberName("notChecked")]
    NotChecked,
}
