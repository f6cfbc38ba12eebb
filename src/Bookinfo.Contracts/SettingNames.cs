namespace Bookinfo.Contracts;

/// <summary>The names of the services' settings, for the services that read them and for the code that starts services.</summary>
public static class SettingNames
{
    /// <summary>The version of the service: the label, <c>service.version</c>, and for ratings the kind of misbehavior.</summary>
    public const string ServiceVersion = "SERVICE_VERSION";

    /// <summary>The name of the pod, which reviews includes in its answers.</summary>
    public const string Hostname = "HOSTNAME";

    /// <summary>The name of the cluster, which reviews includes in its answers.</summary>
    public const string ClusterName = "CLUSTER_NAME";

    /// <summary>The domain that is added to the host names of backends.</summary>
    public const string ServicesDomain = "SERVICES_DOMAIN";

    /// <summary>The addresses of reviews, separated by commas, in place of one host name.</summary>
    public const string ReviewsEndpoints = "REVIEWS_ENDPOINTS";

    /// <summary>Whether reviews calls ratings.</summary>
    public const string EnableRatings = "ENABLE_RATINGS";

    /// <summary>The color of the stars of reviews.</summary>
    public const string StarColor = "STAR_COLOR";

    /// <summary>Whether details asks the external book service.</summary>
    public const string EnableExternalBookService = "ENABLE_EXTERNAL_BOOK_SERVICE";

    /// <summary>The address of the external book service.</summary>
    public const string ExternalBookServiceUrl = "EXTERNAL_BOOK_SERVICE_URL";

    /// <summary>Whether details asks the external book service by plain HTTP.</summary>
    public const string DoNotEncrypt = "DO_NOT_ENCRYPT";

    /// <summary>The seed that makes faults repeatable.</summary>
    public const string RandomSeed = "RANDOM_SEED";

    /// <summary>The faults that a service has from its start: a JSON list of rules.</summary>
    public const string Faults = "FAULTS";

    /// <summary>The file that has such a list, and is followed.</summary>
    public const string FaultsFile = "FAULTS_FILE";

    /// <summary>Whether spans say which faults touched them.</summary>
    public const string FaultSpanAttribute = "FAULT_SPAN_ATTRIBUTE";

    /// <summary>The port of the loopback address on which a service is told which faults to have.</summary>
    public const string ManagementListen = "MANAGEMENT_LISTEN";

    /// <summary>Which database ratings used in the original; not read here.</summary>
    public const string DbType = "DB_TYPE";

    /// <summary>The key that signs the sessions of productpage.</summary>
    public const string SessionKey = "SESSION_KEY";

    /// <summary>The address at which a platform shows a trace, with <c>{id}</c> for its id; productpage links to it.</summary>
    public const string TracePageUrl = "TRACE_PAGE_URL";

    /// <summary>How many further requests productpage sends to reviews for each page.</summary>
    public const string FloodFactor = "FLOOD_FACTOR";

    /// <summary>How many seconds a service keeps answering after it is told to stop.</summary>
    public const string DrainSeconds = "DRAIN_SECONDS";

    /// <summary>How many requests a service answers at once.</summary>
    public const string MaxConcurrentRequests = "MAX_CONCURRENT_REQUESTS";

    /// <summary>Whether a service stops when its standard input is closed.</summary>
    public const string StopWhenStdinCloses = "STOP_WHEN_STDIN_CLOSES";

    /// <summary>How log lines are written: JSON or text.</summary>
    public const string LogFormat = "LOG_FORMAT";

    /// <summary>Whether a line is logged for each request.</summary>
    public const string AccessLog = "ACCESS_LOG";

    /// <summary>The namespace of the pod.</summary>
    public const string K8sNamespaceName = "K8S_NAMESPACE_NAME";

    /// <summary>The name of the pod.</summary>
    public const string K8sPodName = "K8S_POD_NAME";

    /// <summary>The name of the node.</summary>
    public const string K8sNodeName = "K8S_NODE_NAME";

    /// <summary>The ports to listen on.</summary>
    public const string HttpPorts = "ASPNETCORE_HTTP_PORTS";

    /// <summary>The HTTPS ports to listen on; refused, because the services speak plain HTTP.</summary>
    public const string HttpsPorts = "ASPNETCORE_HTTPS_PORTS";

    /// <summary>The addresses to listen on.</summary>
    public const string Urls = "ASPNETCORE_URLS";

    /// <summary>
    /// The settings that belong to one service or one version. A service that is started must not inherit them from the environment of the
    /// program that starts it.
    /// </summary>
    public static IReadOnlyList<string> OfOneService { get; } =
    [
        ServiceVersion, Hostname, ClusterName, ServicesDomain, EnableRatings, StarColor, EnableExternalBookService, ExternalBookServiceUrl,
        DoNotEncrypt, RandomSeed, Faults, FaultsFile, ManagementListen, DbType, DrainSeconds, StopWhenStdinCloses,
    ];

    /// <summary>
    /// The prefixes of further settings of one service: the original's databases, what a pod is told about itself, and the backends'
    /// addresses.
    /// </summary>
    public static IReadOnlyList<string> PrefixesOfOneService { get; } =
        ["K8S_", "MYSQL_DB_", .. ServiceCatalog.All.Select(PrefixOf)];

    /// <summary>All settings except OpenTelemetry's, as docs/settings.md lists them.</summary>
    public static IReadOnlySet<string> All { get; } = new HashSet<string>(
        [
            HttpPorts, HttpsPorts, Urls, DrainSeconds, StopWhenStdinCloses, LogFormat, AccessLog, ServiceVersion, K8sNamespaceName,
            K8sPodName, K8sNodeName,
            Hostname, ClusterName, ReviewsEndpoints, ServicesDomain, SessionKey, FloodFactor, TracePageUrl, EnableRatings, StarColor,
            RandomSeed, EnableExternalBookService, DoNotEncrypt, ExternalBookServiceUrl, Faults, FaultsFile, FaultSpanAttribute,
            ManagementListen, MaxConcurrentRequests,
            .. ServiceCatalog.All.Where(service => ServiceCatalog.All.Any(caller => caller.IsCallerOf(service))).SelectMany(
                service => new[] { HostOf(service), PortOf(service) }),
        ],
        StringComparer.OrdinalIgnoreCase);

    /// <summary>The settings that any service has, those of OpenTelemetry among them.</summary>
    public static IEnumerable<string> Known => All.Concat(TelemetrySettingNames.All);

    /// <summary>Whether any service has a setting of this name: the same arguments may be given to all of them.</summary>
    /// <param name="name">The name; case does not matter.</param>
    public static bool Contains(string name) => All.Contains(name) || TelemetrySettingNames.All.Contains(name);

    /// <summary>The setting with the host name of a backend.</summary>
    /// <param name="service">The backend.</param>
    public static string HostOf(ServiceDefinition service) => $"{PrefixOf(service)}HOSTNAME";

    /// <summary>The setting with the port of a backend.</summary>
    /// <param name="service">The backend.</param>
    public static string PortOf(ServiceDefinition service) => $"{PrefixOf(service)}SERVICE_PORT";

    private static string PrefixOf(ServiceDefinition service) => $"{service.Name.ToUpperInvariant()}_";
}
