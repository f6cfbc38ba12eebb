// Processes are looked for in /proc and signaled with kill.
[assembly: System.Runtime.Versioning.SupportedOSPlatform("linux")]
// Most tests wait for processes and for time to pass: three at a time keep two cores busy.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.Collections, MaxThreads = 3)]
