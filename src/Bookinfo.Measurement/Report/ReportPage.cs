using System.Xml;
using System.Xml.Linq;

namespace Bookinfo.Measurement;

/// <summary>
/// A page that needs nothing but itself: no script, no font, no picture, no network. It is made as a tree, so that whatever a name or an
/// error message holds is text in it and never markup; what is written is both HTML and well-formed XML.
/// </summary>
public sealed class ReportPage
{
    private const string StyleSheet = "Bookinfo.Measurement.Report.report.css";

    /// <summary>HTML's elements that have no end tag; all others must have one, also when they are empty.</summary>
    private static readonly HashSet<string> Void = ["meta", "br", "hr", "link", "img", "input"];

    private readonly string _title;
    private readonly XElement _main;

    /// <summary>Begins a page.</summary>
    /// <param name="title">Its title.</param>
    /// <param name="lead">What it is of, in a line or two.</param>
    public ReportPage(string title, params IEnumerable<string> lead)
    {
        _title = title;
        _main = new XElement("main", new XElement("header", new XElement("h1", title), lead.Select(line => new XElement("p", line))));
    }

    /// <summary>Adds a section.</summary>
    /// <param name="heading">Its heading.</param>
    /// <param name="content">Elements; <see langword="null"/> is left out.</param>
    public void Add(string heading, params IEnumerable<object?> content) =>
        _main.Add(new XElement("section", new XElement("h2", heading), content));

    /// <summary>Plots beside each other, as many as the screen has room for.</summary>
    /// <param name="figures">The plots.</param>
    internal static XElement Plots(params IEnumerable<PlotFigure> figures) =>
        new("div", new XAttribute("class", "plots"), figures.Select(figure => figure.ToHtml()));

    /// <summary>A list.</summary>
    /// <param name="items">Its items.</param>
    public static XElement List(IEnumerable<string> items) => new("ul", items.Select(item => new XElement("li", item)));

    /// <summary>Names and what is to be said of each.</summary>
    /// <param name="facts">The names and values.</param>
    public static XElement Facts(IEnumerable<(string Name, string Value)> facts) =>
        new("dl", facts.Select(fact => new XElement("div", new XElement("dt", fact.Name), new XElement("dd", fact.Value))));

    /// <summary>The page as HTML.</summary>
    public override string ToString()
    {
        using var sheet = new StreamReader(typeof(ReportPage).Assembly.GetManifestResourceStream(StyleSheet)!);
        var html = new XElement(
            "html",
            new XAttribute("lang", "en"),
            new XElement(
                "head",
                new XElement("meta", new XAttribute("charset", "utf-8")),
                new XElement("meta", new XAttribute("name", "viewport"), new XAttribute("content", "width=device-width, initial-scale=1")),
                new XElement("meta", new XAttribute("name", "color-scheme"), new XAttribute("content", "light dark")),
                new XElement("title", _title),
                new XElement("style", sheet.ReadToEnd())),
            new XElement("body", _main));
        foreach (var empty in html.Descendants().Where(element => element.IsEmpty && !Void.Contains(element.Name.LocalName)))
        {
            empty.Value = "";
        }

        using var text = new StringWriter();
        // Not indented: spaces between elements would be seen.
        using (var writer = XmlWriter.Create(text, new XmlWriterSettings { OmitXmlDeclaration = true, CheckCharacters = false }))
        {
            html.Save(writer);
        }

        return $"<!DOCTYPE html>\n{text}\n";
    }
}
