namespace Bookinfo.Ratings;

/// <summary>Decides, request by request, whether to misbehave.</summary>
/// <param name="options">In what way.</param>
/// <param name="chance">Whether, where it is a matter of chance.</param>
/// <param name="time">When, where it is a matter of time.</param>
public sealed class Misbehavior(RatingsOptions options, Chance chance, TimeProvider time)
{
    /// <summary>
    /// How long <see cref="MisbehaviorKind.Delayed"/> delays: more than productpage waits (6 s), less than reviews v2 does (10 s).
    /// </summary>
    public static readonly TimeSpan Delay = TimeSpan.FromSeconds(7);

    private readonly long _start = time.GetTimestamp();

    /// <summary>Whether the health checks should fail now.</summary>
    public bool IsUnhealthy => options.Misbehavior == MisbehaviorKind.Unhealthy && IsDown(TimeSpan.FromMinutes(15));

    /// <summary>Misbehaves before a GET is answered: delays it, or says that it must not be answered.</summary>
    /// <param name="context">The request: a delay ends when its caller has left.</param>
    /// <returns><see langword="true"/> to answer as usual, <see langword="false"/> to answer 503.</returns>
    public async ValueTask<bool> MayAnswerAsync(HttpContext context)
    {
        switch (options.Misbehavior)
        {
            case MisbehaviorKind.Faulty:
                return !chance.Half();
            case MisbehaviorKind.Delayed:
                if (chance.Half())
                {
                    await Task.Delay(Delay, time, context.RequestAborted);
                }

                return true;
            case MisbehaviorKind.Unavailable:
                return !IsDown(TimeSpan.FromSeconds(60));
            case MisbehaviorKind.Unhealthy:
                return !IsUnhealthy;
            default:
                return true;
        }
    }

    /// <summary>Good and bad times take turns, beginning with a good one when the service starts.</summary>
    private bool IsDown(TimeSpan period) => (long)(time.GetElapsedTime(_start) / period) % 2 == 1;
}
