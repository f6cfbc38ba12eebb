namespace Bookinfo.Bench;

/// <summary>Who serves a target.</summary>
internal enum Implementation
{
    /// <summary>The services of this project.</summary>
    Ours,

    /// <summary>Kestrel and nothing else, for the page with the same calls.</summary>
    Bare,

    /// <summary>nginx with a static file.</summary>
    Nginx,
}
