// Programs are signaled with kill.
[assembly: System.Runtime.Versioning.SupportedOSPlatform("linux")]
// One system for all that needs one; the expressions are asked one after the other.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]
