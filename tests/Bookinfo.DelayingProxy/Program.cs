using System.Globalization;
using Bookinfo.DelayingProxy;

// delaying-proxy PORT TARGET-PORT MILLISECONDS: ends when its standard input does, and so with whatever started it.
if (args is not [var port, var targetPort, var milliseconds])
{
    Console.Error.WriteLine("usage: delaying-proxy PORT TARGET-PORT MILLISECONDS");
    return 2;
}

int Port(string text) => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
using var proxy = new Proxy(
    Port(port), Port(targetPort),
    TimeSpan.FromMilliseconds(double.Parse(milliseconds, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture)),
    TimeProvider.System);
Console.WriteLine("listening");
while (await Console.In.ReadLineAsync() is not null)
{
}

return 0;
