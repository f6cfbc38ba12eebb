using System.Globalization;
using System.Text;
using System.Text.Json;
using Bookinfo.Contracts;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace Services.Tests;

public sealed class WholeNumberTests
{
    [Theory]
    [InlineData("5", 5)]
    [InlineData("5.0", 5)]
    [InlineData("5.000000000000000000000000000000000000000000", 5)]
    [InlineData("5e0", 5)]
    [InlineData("5E+0", 5)]
    [InlineData("50e-1", 5)]
    [InlineData("0.5e1", 5)]
    [InlineData("0.0000000005e10", 5)]
    [InlineData("-0", 0)]
    [InlineData("-0.0", 0)]
    [InlineData("0e999999999999", 0)]
    [InlineData("0.00e-999999999999", 0)]
    [InlineData("-5.0", -5)]
    [InlineData("2147483647.0", int.MaxValue)]
    [InlineData("-2147483648.0", int.MinValue)]
    [InlineData("2147483648.0", null)]
    [InlineData("-2147483649.0", null)]
    [InlineData("4.5", null)]
    [InlineData("5.0000000000000000000000000000000000000000001", null)]
    [InlineData("49e-1", null)]
    [InlineData("1e400", null)]
    [InlineData("1e999999999999", null)]
    [InlineData("1e-999999999999", null)]
    [InlineData("1e2147483647", null)]
    [InlineData("1e-2147483648", null)]
    [InlineData("\"5\"", null)]
    [InlineData("null", null)]
    [InlineData("true", null)]
    [InlineData("[5]", null)]
    public void A_whole_number_is_one_however_it_is_written(string json, int? expected) => Assert.Equal(expected, Read(json));

    [Property(MaxTest = 2000)]
    public Property Any_way_to_write_a_number_is_read_exactly() => Prop.ForAll(
        (from value in ArbMap.Default.GeneratorFor<int>()
         from shift in Gen.Choose(-15, 15)
         from zeros in Gen.Choose(0, 5)
         from fraction in Gen.Frequency((2, Gen.Constant("")), (1, Gen.Elements("1", "5", "001", "9")))
         select (value, shift, zeros, fraction)).ToArbitrary(),
        written =>
        {
            // The digits with the point moved by an exponent that moves it back.
            var digits = Math.Abs((long)written.value).ToString(CultureInfo.InvariantCulture);
            var sign = written.value < 0 ? "-" : "";
            var rest = new string('0', written.zeros) + written.fraction;
            var json = written.shift <= 0
                ? $"{sign}{digits}{(digits == "0" ? "" : new string('0', -written.shift))}e{written.shift}"
                : $"{sign}0.{new string('0', Math.Max(0, written.shift - digits.Length))}{digits}{rest}"
                    + $"e{Math.Max(written.shift, digits.Length)}";
            Assert.Equal(written.shift > 0 && written.fraction.Length > 0 ? null : written.value, Read(json));
        });

    private static int? Read(string json)
    {
        using var document = JsonDocument.Parse(json);
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(json));
        reader.Read();
        int? read = WholeNumber.TryRead(in reader, out var number) ? number : null;
        int? found = WholeNumber.TryRead(document.RootElement, out number) ? number : null;
        Assert.Equal(read, found);
        return read;
    }
}
