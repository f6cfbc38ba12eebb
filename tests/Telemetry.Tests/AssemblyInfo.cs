// Each test runs six processes of its own and some send them thousands of requests: beside each other they would only wait for each other,
// and a call that takes three seconds because of that would count as a timeout.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]
