using System.Collections;
using System.Globalization;
using System.Security.Cryptography;
using Bookinfo.Contracts;
using Bookinfo.Foundation;
using Bookinfo.Measurement;

namespace Bookinfo.Local;

/// <summary>Which processes to run, in the order to start them, made from the catalog and what the user asked for.</summary>
/// <param name="Services">The processes, each after those that it calls.</param>
/// <param name="Page">The address to open in a browser.</param>
/// <param name="Prometheus">The address of Prometheus, when it runs as well: then it is the last of the processes.</param>
/// <param name="Dashboard">The address of the Aspire dashboard, when it runs as well: then it is the first of the processes.</param>
/// <param name="OtlpPort">The port where the dashboard takes telemetry; <see langword="null"/> when it does not run.</param>
public sealed record LocalPlan(
    IReadOnlyList<ServicePlan> Services, string Page, string? Prometheus = null, string? Dashboard = null, int? OtlpPort = null)
{
    private static readonly int FirstBackendPort = Backends.Min(version => version.LocalPort);

    /// <summary>How many ports beginning with <c>--backend-port</c> belong to the backends, whether or not all of them run.</summary>
    public static int BackendPorts => Backends.Max(version => version.LocalPort) - FirstBackendPort + 1;

    /// <summary>How many management ports there are, whether or not all of the services run.</summary>
    public static int ManagementPorts { get; } = ServiceCatalog.All.Sum(service => service.Versions.Count);

    /// <summary>How far the first management port is from productpage's, when nothing else is said.</summary>
    private const int ManagementOffset = 20;

    private static IEnumerable<ServiceVersion> Backends =>
        ServiceCatalog.All.Where(service => service != ServiceCatalog.ProductPage).SelectMany(service => service.Versions);

    /// <summary>
    /// The ports of a run that the user chooses, but for the management ports: those of all versions, whether or not they run, and those of
    /// Prometheus and the dashboard.
    /// </summary>
    /// <param name="options">What the user asked for.</param>
    public static IEnumerable<int> PortsOf(LocalOptions options) => ServiceCatalog.All.SelectMany(service => service.Versions)
        .Select(version => Port(options, version))
        .Concat(new[] { options.PrometheusPort, options.DashboardPort }.OfType<int>());

    /// <summary>Makes the plan.</summary>
    /// <param name="options">What the user asked for.</param>
    /// <param name="tree">The working copy.</param>
    /// <param name="variables">The user's environment.</param>
    /// <param name="isFree">Whether a port is free. Only those go by it that nobody has asked for: management ports and OTLP's.</param>
    /// <exception cref="OperationFailedException">
    /// Prometheus is asked for and not installed, or the dashboard is, and telemetry is to go elsewhere.
    /// </exception>
    public static LocalPlan Create(LocalOptions options, SourceTree tree, IDictionary variables, Predicate<int> isFree)
    {
        var inherited = InheritedEnvironment.Select(variables);
        var management = ChooseManagementPorts(options, isFree);
        int? otlpPort = options.DashboardPort is { } dashboardPort
            ? FreePorts(dashboardPort + 1, PortsOf(options).Concat(management.Values), isFree).FirstOrDefault()
            : null;
        if (otlpPort is not null)
        {
            DashboardProcess.RequireNothingElsewhere(inherited, options.Environment);
        }

        var services =
            from service in ServiceCatalog.All
            from version in service.Versions
            where service != ServiceCatalog.Reviews || options.ReviewsVersions.Contains(version.Version)
            select new ServicePlan(
                version,
                Port(options, version),
                options.Native ? tree.NativeExecutable(service.Project) : ChildProcess.DotNet,
                options.Native ? [] : [tree.Assembly(service)],
                Environment(options, service, version, management[version], otlpPort, inherited),
                Path.Combine(tree.Logs(options.Port), $"{version.Name}.log"))
            {
                ManagementPort = management[version],
            };
        var plan = new LocalPlan(
            [.. services], string.Create(CultureInfo.InvariantCulture, $"http://localhost:{options.Port}/productpage"));
        if (options.DashboardPort is { } page)
        {
            plan = plan with
            {
                Services = [DashboardProcess.Plan(page, otlpPort!.Value, tree, options.Port, inherited), .. plan.Services],
                Dashboard = DashboardProcess.Address(page),
                OtlpPort = otlpPort,
            };
        }

        return options.PrometheusPort is not { } port ? plan : plan with
        {
            Services = [.. plan.Services, PrometheusProcess.Plan(port, tree, options.Port, inherited)],
            Prometheus = string.Create(CultureInfo.InvariantCulture, $"http://localhost:{port}"),
        };
    }

    /// <summary>
    /// Makes the plan of a run that now begins and whose lock is taken, and tells other commands of it. The ports that it chooses by
    /// itself, those for management and for OTLP, differ from those that other runs of this working copy have chosen.
    /// </summary>
    /// <inheritdoc cref="Create" path="/param"/>
    /// <exception cref="OperationFailedException">
    /// There is no such plan, as <see cref="Create"/> says, or the record of the run cannot be written.
    /// </exception>
    public static LocalPlan Begin(LocalOptions options, SourceTree tree, IDictionary variables, Predicate<int> isFree)
    {
        using var choosing = RunLock.WaitForPorts(tree);
        var others = RunRecord.ReadPortsOfOthers(tree, options.Port);
        var plan = Create(options, tree, variables, port => !others.Contains(port) && isFree(port));
        plan.Describe(options, tree).Write(tree, options.Port);
        return plan;
    }

    /// <summary>What a run of this plan tells other commands about itself.</summary>
    /// <param name="options">What the user asked for.</param>
    /// <param name="tree">The working copy.</param>
    public RunRecord Describe(LocalOptions options, SourceTree tree) => new(
        ProgramVersion.Text,
        FindUnusual(options, tree),
        Services.Where(service => service.ManagementPort is not null)
            .ToDictionary(service => service.Name, service => service.ManagementPort!.Value),
        Prometheus is null ? null : new Uri(Prometheus),
        Dashboard is null ? null : new Uri(Dashboard),
        OtlpPort,
        Services.Where(service => service.ManagementPort is not null).ToDictionary(service => service.Name, service => service.Port));

    /// <summary>Finds which environment variables of each service differ from those that it has by default.</summary>
    /// <param name="options">What the user asked for.</param>
    /// <param name="tree">The working copy.</param>
    /// <returns>By the name of the service, what <see cref="UnusualVariables"/> says.</returns>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> FindUnusual(LocalOptions options, SourceTree tree)
    {
        var usual = Create(
            options with { Environment = [], PrometheusPort = null, DashboardPort = null },
            tree,
            new Dictionary<string, string>(),
            static _ => true).Services;
        return usual.Join(Services, service => service.Name, service => service.Name, (one, actual) => (Usual: one, Actual: actual))
            .ToDictionary(
                pair => pair.Actual.Name,
                pair => UnusualVariables.Find(Known(pair.Actual), Known(pair.Usual)));

        // What is inherited, such as PATH, differs between users, and configures no service.
        Dictionary<string, string> Known(ServicePlan service) => service.Environment
            // Which ports were free says nothing of a service.
            .Where(variable => variable.Key != SettingNames.ManagementListen)
            .Where(variable => UnusualVariables.IsSetting(variable.Key)
                || options.Environment.Any(setting => setting.Name == variable.Key && setting.IsFor(service.Version)))
            .ToDictionary();
    }

    private static int Port(LocalOptions options, ServiceVersion version) => version.Service == ServiceCatalog.ProductPage.Name
        ? options.Port
        : options.BackendPort + version.LocalPort - FirstBackendPort;

    /// <summary>
    /// A port for each version, whether or not it runs: those that the user has asked for, or from a distance of productpage's on those
    /// that are free and that nothing else of this run has.
    /// </summary>
    private static Dictionary<ServiceVersion, int> ChooseManagementPorts(LocalOptions options, Predicate<int> isFree)
    {
        var versions = ServiceCatalog.All.SelectMany(service => service.Versions).ToList();
        if (options.ManagementPort is { } first)
        {
            return versions.Index().ToDictionary(version => version.Item, version => first + version.Index);
        }

        using var free = FreePorts(options.Port + ManagementOffset, PortsOf(options), isFree).GetEnumerator();
        return versions.ToDictionary(version => version, _ => free.MoveNext() ? free.Current : 0);
    }

    /// <summary>The ports from one on that are free and that nothing else of this run has.</summary>
    private static IEnumerable<int> FreePorts(int first, IEnumerable<int> others, Predicate<int> isFree)
    {
        var taken = others.ToHashSet();
        return Enumerable.Range(first, ushort.MaxValue)
            // Beyond the last port it goes on with the first that users may have.
            .Select(port => port <= ushort.MaxValue ? port : port - ushort.MaxValue + 1023)
            .Where(port => !taken.Contains(port) && isFree(port));
    }

    private static Dictionary<string, string> Environment(
        LocalOptions options,
        ServiceDefinition service,
        ServiceVersion version,
        int managementPort,
        int? otlpPort,
        Dictionary<string, string> inherited)
    {
        var environment = new Dictionary<string, string>(inherited, inherited.Comparer)
        {
            // Both loopbacks, IPv4 and IPv6: browsers try either for 'localhost'.
            ["ASPNETCORE_URLS"] = string.Create(CultureInfo.InvariantCulture, $"http://localhost:{Port(options, version)}"),
            // What a pod has as its host name; the page shows it as the one who served the reviews.
            [SettingNames.Hostname] = version.Name,
            // No load balancer has to learn of the end.
            [SettingNames.DrainSeconds] = "0",
            [SettingNames.StopWhenStdinCloses] = "true",
            [SettingNames.ManagementListen] = managementPort.ToString(CultureInfo.InvariantCulture),
        };
        foreach (var (name, value) in version.Environment)
        {
            environment[name] = value;
        }

        foreach (var backend in ServiceCatalog.All.Where(service.IsCallerOf))
        {
            Connect(options, backend, environment);
        }

        if (service == ServiceCatalog.ProductPage && string.IsNullOrEmpty(environment.GetValueOrDefault(SettingNames.SessionKey)))
        {
            // Without a key productpage would make one itself and say so; a restart after a crash would then sign everybody out.
            environment[SettingNames.SessionKey] = Convert.ToHexString(RandomNumberGenerator.GetBytes(32));
        }

        if (otlpPort is { } port)
        {
            foreach (var (name, value) in DashboardProcess.Wiring(port, inherited))
            {
                environment[name] = value;
            }

            if (service == ServiceCatalog.ProductPage)
            {
                environment[SettingNames.TracePageUrl] = DashboardProcess.TracePage(options.DashboardPort!.Value);
            }
        }

        foreach (var setting in options.Environment.Where(setting => setting.IsFor(version)).OrderBy(setting => setting.Precision))
        {
            environment[setting.Name] = setting.Value;
        }

        return environment;
    }

    private static void Connect(LocalOptions options, ServiceDefinition backend, Dictionary<string, string> environment)
    {
        // Addresses rather than 'localhost', which would cost a look-up for every new connection.
        if (backend == ServiceCatalog.Reviews)
        {
            var addresses = backend.Versions
                .Where(version => options.ReviewsVersions.Contains(version.Version))
                .Select(version => string.Create(
                    CultureInfo.InvariantCulture, $"http://127.0.0.1:{Port(options, version)}#{version.Version}"));
            environment[SettingNames.ReviewsEndpoints] = string.Join(',', addresses);
            return;
        }

        environment[SettingNames.HostOf(backend)] = "127.0.0.1";
        environment[SettingNames.PortOf(backend)] = Port(options, backend.Versions[0]).ToString(CultureInfo.InvariantCulture);
    }
}

/// <summary>A process to run: one version of a service, Prometheus, or the dashboard.</summary>
/// <param name="Version">What it is. The versions of Prometheus and the dashboard are empty.</param>
/// <param name="Port">The port it gets.</param>
/// <param name="FileName">The program to start.</param>
/// <param name="Arguments">Its arguments.</param>
/// <param name="Environment">All of its environment.</param>
/// <param name="LogFile">The full path of the file for what it writes.</param>
/// <param name="ReadinessPath">What answers 200 when it is ready.</param>
public sealed record ServicePlan(
    ServiceVersion Version,
    int Port,
    string FileName,
    IReadOnlyList<string> Arguments,
    IReadOnlyDictionary<string, string> Environment,
    string LogFile,
    string ReadinessPath = "/health/ready")
{
    /// <summary>The name of the process, such as <c>reviews-v2</c> or <c>prometheus</c>.</summary>
    public string Name => Version.Version.Length == 0 ? Version.Service : Version.Name;

    /// <summary>The port where it takes faults; <see langword="null"/> for Prometheus and the dashboard.</summary>
    public int? ManagementPort { get; init; }

    /// <summary>Whether the others are only started when it is ready.</summary>
    public bool IsNeededByOthers { get; init; }
}

/// <summary>How the application is to run on this machine.</summary>
/// <param name="Native">Whether to run native binaries rather than assemblies under the JIT.</param>
/// <param name="Port">productpage's port.</param>
/// <param name="BackendPort">The port of the first backend in the catalog's order; the others follow, one by one.</param>
/// <param name="ReviewsVersions">Which versions of reviews to run.</param>
/// <param name="Environment">Settings for the services, in the order given.</param>
/// <param name="PrometheusPort">The port of the Prometheus to run beside the services; <see langword="null"/> to run none.</param>
/// <param name="ManagementPort">
/// The first of the ports where services take faults, one by one in the catalog's order; <see langword="null"/> for any that are free.
/// </param>
/// <param name="DashboardPort">
/// The port of the Aspire dashboard to run beside the services; <see langword="null"/> to run none.
/// </param>
public sealed record LocalOptions(
    bool Native,
    int Port,
    int BackendPort,
    IReadOnlyList<string> ReviewsVersions,
    IReadOnlyList<EnvironmentSetting> Environment,
    int? PrometheusPort = null,
    int? ManagementPort = null,
    int? DashboardPort = null);
