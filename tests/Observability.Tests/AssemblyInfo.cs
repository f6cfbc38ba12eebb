[assembly: AssemblyFixture(typeof(Observability.Tests.MeteredSystem))]
// One system for all; the expressions are asked one after the other.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]
