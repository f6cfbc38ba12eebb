namespace Bookinfo.Cli.Doctor;

/// <summary>A line of the table.</summary>
/// <param name="Text">The line.</param>
/// <param name="Mark">Where in it the state stands, which a terminal may color; empty for lines without.</param>
/// <param name="State">The state; of no meaning in lines without.</param>
internal readonly record struct DoctorLine(string Text, Range Mark, CheckState State);
