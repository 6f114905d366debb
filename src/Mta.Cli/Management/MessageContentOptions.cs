using System.CommandLine;
using System.Text;
using Mta.Cli.Client;
using Mta.Cli.Output;

namespace Mta.Cli.Management;

/// <summary>What <c>mtactl message</c> shows of what stands in a message: its header fields, or all of it.</summary>
internal sealed class MessageContentOptions
{
    private readonly Option<bool> _headers = new("--headers") { Description = "Shows the header fields." };
    private readonly Option<string> _content = new("--content")
    {
        Description = "Writes the message to this file, which must not be there yet; without a file to the output.",
        Arity = ArgumentArity.ZeroOrOne,
        HelpName = "FILE",
    };

    /// <summary>Adds the options.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_headers);
        command.Options.Add(_content);
    }

    /// <summary>Shows what is asked for.</summary>
    /// <returns>False where nothing of it is.</returns>
    public async Task<bool> RunAsync(ParseResult parsed, string path, ManagementClient client, Printer printer, CliEnvironment environment, CancellationToken cancel)
    {
        if (parsed.GetValue(_headers))
            await HeadersAsync($"{path}/headers", client, printer, cancel);
        else if (parsed.GetResult(_content) is not null)
            await ContentAsync($"{path}/content", parsed.GetValue(_content), client, environment, cancel);
        else
            return false;
        return true;
    }

    private static async Task HeadersAsync(string path, ManagementClient client, Printer printer, CancellationToken cancel)
    {
        var answer = await client.GetAsync(path, cancel);
        if (printer.IsJson)
        {
            printer.Json(answer);
            return;
        }
        foreach (var field in Values.Items(answer, "fields"))
            printer.Line($"{Name(Values.Text(field, "name"))}{Values.Text(field, "value")}");
        if (Values.Text(answer, "cut") == "yes")
            printer.Line("(there are more)");
    }

    // A line that is no field has no name.
    private static string Name(string name) => name == "-" ? "" : $"{name}: ";

    private static async Task ContentAsync(string path, string? file, ManagementClient client, CliEnvironment environment, CancellationToken cancel)
    {
        if (file is { Length: > 0 })
            await ToFileAsync(path, file, client, cancel);
        else if (environment.Width is null)
            await client.CopyAsync(path, environment.OpenOutput, cancel);
        else
            // What stands in mail must not steer a terminal.
            await client.CopyAsync(path, () => new PrintableStream(environment.Output), cancel);
    }

    // A part of a message is no message.
    private static async Task ToFileAsync(string path, string file, ManagementClient client, CancellationToken cancel)
    {
        var isOurs = false;
        try
        {
            await client.CopyAsync(path, () =>
            {
                var target = Create(file);
                isOurs = true;
                return target;
            }, cancel);
        }
        catch (CliException) when (isOurs)
        {
            File.Delete(file);
            throw;
        }
    }

    private static FileStream Create(string file)
    {
        try
        {
            // Other people's mail: for the user alone.
            FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            return new FileStream(file, options);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new CliException(ExitCodes.Usage, $"{file} cannot be written: {e.Message}");
        }
    }

    /// <summary>Writes text line by line, without what a terminal would do something at.</summary>
    private sealed class PrintableStream(TextWriter output) : Stream
    {
        private readonly MemoryStream _line = new();

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            foreach (var octet in buffer)
            {
                if (octet == '\n')
                    WriteLine();
                else if (octet != '\r')
                    _line.WriteByte(octet);
            }
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Write(buffer.Span);
            return default;
        }

        public override void Flush() => output.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing && _line.Length > 0)
                WriteLine();
            base.Dispose(disposing);
        }

        private void WriteLine()
        {
            output.WriteLine(Values.Printable(Encoding.UTF8.GetString(_line.GetBuffer().AsSpan(0, (int)_line.Length))));
            _line.SetLength(0);
        }
    }
}
