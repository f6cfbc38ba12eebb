using System.Text;
using Bookinfo.Ratings;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace Services.Tests;

public sealed class RatingsStoreTests
{
    [Fact]
    public void Beyond_so_many_products_the_oldest_is_forgotten()
    {
        var store = new RatingsStore();
        for (var product = 0; product <= RatingsStore.MostProducts; product++)
        {
            store.Put(product, Rated(1));
        }

        Assert.Equal(RatingsStore.MostProducts, store.Count);
        Assert.Equal("""{"id":0,"ratings":{"Reviewer1":5,"Reviewer2":4}}""", Text(store.Get(0)));
        Assert.Equal("""{"id":1,"ratings":{"Reviewer1":1}}""", Text(store.Get(1)));
        Assert.Equal($$$"""{"id":{{{RatingsStore.MostProducts}}},"ratings":{"Reviewer1":1}}""", Text(store.Get(RatingsStore.MostProducts)));
    }

    [Fact]
    public void To_post_again_is_to_be_the_newest()
    {
        var store = new RatingsStore();
        for (var product = 0; product < RatingsStore.MostProducts; product++)
        {
            store.Put(product, Rated(1));
        }

        store.Put(0, Rated(2));
        store.Put(-1, Rated(3));
        Assert.Equal("""{"id":0,"ratings":{"Reviewer1":2}}""", Text(store.Get(0)));
        Assert.Equal("""{"id":1,"ratings":{"Reviewer1":5,"Reviewer2":4}}""", Text(store.Get(1)));
        Assert.Equal(RatingsStore.MostProducts, store.Count);
    }

    [Fact]
    public void Beyond_so_many_bytes_the_oldest_are_forgotten()
    {
        var store = new RatingsStore();
        var large = new Dictionary<string, int> { [new string('a', 16_000)] = 1 };
        for (var product = 0; product < 2000; product++)
        {
            store.Put(product, large);
        }

        var size = store.Get(1999).Length;
        Assert.Equal(RatingsStore.MostBytes / size, store.Count);
    }

    [Fact]
    public void Posting_the_same_product_for_ever_keeps_one()
    {
        var store = new RatingsStore();
        for (var i = 0; i < 100_000; i++)
        {
            store.Put(7, Rated(i % 6));
        }

        Assert.Equal(1, store.Count);
    }

    [Fact]
    public void Writers_at_the_same_time_leave_a_store_that_is_within_its_bounds()
    {
        var store = new RatingsStore();
        Parallel.For(0, 8, writer =>
        {
            for (var i = 0; i < 5000; i++)
            {
                var product = (i * 7919) % 12_000;
                store.Put(product, Rated(writer % 6));
                Assert.StartsWith($"{{\"id\":{product},", Text(store.Get(product)), StringComparison.Ordinal);
            }
        });
        Assert.InRange(store.Count, 1, RatingsStore.MostProducts);
    }

    [Property(MaxTest = 500)]
    public Property What_is_read_from_any_json_object_of_names_and_stars_is_what_was_written() =>
        Prop.ForAll(ArbMap.Default.ArbFor<Dictionary<NonNull<string>, byte>>(), posted =>
        {
            var expected = posted.ToDictionary(
                rating => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(rating.Key.Get)), rating => rating.Value % 6);
            var body = System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(expected);
            Assert.Equal(
                expected.OrderBy(rating => rating.Key, StringComparer.Ordinal),
                RatingsReader.Read(body)!.OrderBy(rating => rating.Key, StringComparer.Ordinal));
        });

    [Property(MaxTest = 2000)]
    public void Any_bytes_are_read_or_refused(byte[] body)
    {
        var ratings = RatingsReader.Read(body);
        Assert.True(ratings is null || ratings.Values.All(stars => stars is >= 0 and <= 5));
    }

    private static Dictionary<string, int> Rated(int stars) => new() { ["Reviewer1"] = stars };

    private static string Text(ReadOnlyMemory<byte> json) => Encoding.UTF8.GetString(json.Span);
}
