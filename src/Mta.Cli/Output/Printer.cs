using System.Text.Encodings.Web;
using System.Text.Json;
using Spectre.Console;

namespace Mta.Cli.Output;

/// <summary>Prints answers: as they came, or as tables. A table into a file or pipe has no colours, and its lines are as long as they must be.</summary>
internal sealed class Printer
{
    private const int Endless = 10_000;
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.Default };

    private readonly CliEnvironment _environment;
    private readonly OutputForm _form;

    public Printer(CliEnvironment environment, OutputForm form)
    {
        (_environment, _form) = (environment, form);
        Console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(environment.Output),
            Ansi = environment.Width is null ? AnsiSupport.No : AnsiSupport.Detect,
            ColorSystem = environment.Width is null ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
            Interactive = environment.IsInteractive ? InteractionSupport.Yes : InteractionSupport.No,
        });
        Console.Profile.Width = environment.Width ?? Endless;
    }

    /// <summary>The terminal.</summary>
    public IAnsiConsole Console { get; }

    /// <summary>Whether answers are printed as they came.</summary>
    public bool IsJson => _form == OutputForm.Json;

    /// <summary>An answer as it came.</summary>
    public void Json(JsonElement answer) => _environment.Output.WriteLine(JsonSerializer.Serialize(answer, Indented));

    /// <summary>A line of text.</summary>
    public void Line(string text) => _environment.Output.WriteLine(text);

    /// <summary>A table of items.</summary>
    public void Table(IEnumerable<JsonElement> items, params Column[] columns) => Console.Write(TableOf(items, columns));

    /// <summary>The table, not printed.</summary>
    public Table TableOf(IEnumerable<JsonElement> items, params Column[] columns)
    {
        var shown = columns.Where(c => !c.IsWide || _form == OutputForm.Wide).ToList();
        Table table = new() { Border = TableBorder.None, ShowRowSeparators = false };
        foreach (var column in shown)
        {
            TableColumn head = new(new Text(column.Head)) { NoWrap = true, Padding = new Padding(0, 0, 2, 0) };
            table.AddColumn(column.IsNumber ? head.RightAligned() : head);
        }
        foreach (var item in items)
            table.AddRow(shown.Select(c => new Text(c.Cell(item))));
        return table;
    }
}

/// <summary>The form of the output.</summary>
internal enum OutputForm
{
    /// <summary>A table with what matters most.</summary>
    Table = 0,

    /// <summary>The endpoint's answer as it came.</summary>
    Json = 1,

    /// <summary>A table with all columns.</summary>
    Wide = 2,
}
