namespace Bookinfo.Reviews;

/// <summary>What the reviewers wrote.</summary>
internal static class ReviewTexts
{
    /// <summary>The reviewers' names, which the wire contract fixes: by them ratings knows whose stars are whose.</summary>
    public static string[] Reviewers { get; } = ["Reviewer1", "Reviewer2"];

    /// <summary>The text of a reviewer.</summary>
    /// <param name="reviewer">One of <see cref="Reviewers"/>.</param>
    /// <returns>A few sentences.</returns>
    public static string Of(string reviewer) => reviewer switch
    {
        "Reviewer1" => "Two pairs of twins, one busy street, and not a dull minute. I laughed out loud on the train and missed my stop.",
        _ => "Light as a feather and over in an evening. Do not look for depth here; look for timing, and you will find it on every page.",
    };
}
