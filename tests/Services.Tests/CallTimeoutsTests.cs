using Bookinfo.ServiceDefaults.Backends;

namespace Services.Tests;

/// <summary>What ends calls is used again, and no call may be ended by what was meant for an earlier one.</summary>
public sealed class CallTimeoutsTests
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(10);

    [Fact]
    public void A_visitor_who_leaves_ends_his_own_call_and_not_the_next_one()
    {
        using var first = new CancellationTokenSource();
        using var second = new CancellationTokenSource();
        var timeouts = new CallTimeouts(Long, TimeProvider.System);
        CancellationToken used;
        using (var call = timeouts.Begin(first.Token))
        {
            used = call.Token;
        }

        using var next = timeouts.Begin(second.Token);
        Assert.Equal(used, next.Token);
        first.Cancel();
        Assert.False(next.Token.IsCancellationRequested);
        second.Cancel();
        Assert.True(next.Token.IsCancellationRequested);
    }

    [Fact]
    public void What_was_cancelled_is_not_used_again()
    {
        using var visitor = new CancellationTokenSource();
        var timeouts = new CallTimeouts(Long, TimeProvider.System);
        using (timeouts.Begin(visitor.Token))
        {
            visitor.Cancel();
        }

        using var next = timeouts.Begin(CancellationToken.None);
        Assert.False(next.Token.IsCancellationRequested);
    }

    [Fact]
    public void Calls_at_the_same_time_do_not_share_anything()
    {
        using var visitor = new CancellationTokenSource();
        var timeouts = new CallTimeouts(Long, TimeProvider.System);
        using var one = timeouts.Begin(visitor.Token);
        using var other = timeouts.Begin(CancellationToken.None);
        visitor.Cancel();
        Assert.True(one.Token.IsCancellationRequested);
        Assert.False(other.Token.IsCancellationRequested);
    }
}
