using System.Globalization;
using Bookinfo.DelayingProxy;

// delaying-proxy PORT TARGET-PORT MILLISECONDS [PORT TARGET-PORT MILLISECONDS...]: ends when its standard input does, and so with whatever
// started it.
if (args.Length == 0 || args.Length % 3 != 0)
{
    Console.Error.WriteLine("usage: delaying-proxy PORT TARGET-PORT MILLISECONDS [PORT TARGET-PORT MILLISECONDS...]");
    return 2;
}

int Port(string text) => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
var proxies = args.Chunk(3)
    .Select(each => new Proxy(
        Port(each[0]), Port(each[1]),
        TimeSpan.FromMilliseconds(double.Parse(each[2], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture)),
        TimeProvider.System))
    .ToList();
Console.WriteLine("listening");
while (await Console.In.ReadLineAsync() is not null)
{
}

proxies.ForEach(proxy => proxy.Dispose());
return 0;
