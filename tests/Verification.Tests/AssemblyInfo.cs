// The tests with a Prometheus measure one system of six processes; beside each other they would count each other's requests.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]
// Processes are looked for in /proc and signaled with kill.
[assembly: System.Runtime.Versioning.SupportedOSPlatform("linux")]
