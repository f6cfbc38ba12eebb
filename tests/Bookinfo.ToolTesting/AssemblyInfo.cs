// Processes are looked for in /proc and signaled with kill; tools are scripts.
[assembly: System.Runtime.Versioning.SupportedOSPlatform("linux")]
