namespace Bookinfo.Load;

/// <summary>The profiles that <c>--profile</c> chooses from.</summary>
internal enum ProfileKind
{
    /// <summary><see cref="ConstantProfile"/>.</summary>
    Constant,

    /// <summary><see cref="RampProfile"/>.</summary>
    Ramp,

    /// <summary><see cref="StepsProfile"/>.</summary>
    Steps,

    /// <summary><see cref="SpikeProfile"/>.</summary>
    Spike,

    /// <summary><see cref="DiurnalProfile"/>.</summary>
    Diurnal,
}
