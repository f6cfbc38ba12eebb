// Processes are looked for in /proc and signaled with kill.
[assembly: System.Runtime.Versioning.SupportedOSPlatform("linux")]
// Each system is six processes; on two cores several at a time would only be slower.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]
