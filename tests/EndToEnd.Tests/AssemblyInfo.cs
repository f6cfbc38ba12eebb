// Programs are signaled with kill.
[assembly: System.Runtime.Versioning.SupportedOSPlatform("linux")]
// Most of the time tests wait for the cluster. Those with a namespace of their own can wait side by side.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.Collections, MaxThreads = 4)]
