using Bookinfo.Supervision;
using Xunit.MicrosoftTestingPlatform;




// The program of every test project: the tests, in a process of their own below a supervisor.
return await Supervisor.RunTestsAsync(
    args, () => TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions));
