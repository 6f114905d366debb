using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Mta.Cli.Tests.Management;

/// <summary>An endpoint that answers what it was told, and remembers what it was asked.</summary>
internal sealed class FakeEndpoint : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Dictionary<string, (int Status, string Type, string Text)> _answers = [];
    private readonly Dictionary<string, Queue<string>> _next = [];
    private readonly List<string> _asked = [];
    private readonly List<string> _bodies = [];

    public FakeEndpoint()
    {
        using Socket free = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        free.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        Url = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{((IPEndPoint)free.LocalEndPoint!).Port}");
        free.Close();
        _listener.Prefixes.Add($"{Url}/");
        _listener.Start();
        _ = ServeAsync();
    }

    public string Url { get; }

    /// <summary>Method, path with query, and token of each question.</summary>
    public IReadOnlyList<string> Asked => _asked;

    /// <summary>The bodies of the orders among them, in order.</summary>
    public IReadOnlyList<string> Bodies => _bodies;

    public FakeEndpoint Answer(string path, string text, int status = 200, string type = "application/json")
    {
        _answers[path] = (status, type, text);
        return this;
    }

    /// <summary>What it answers once what it was told before has been asked for.</summary>
    public FakeEndpoint Then(string path, string text)
    {
        if (!_next.TryGetValue(path, out var next))
            _next.Add(path, next = new Queue<string>());
        next.Enqueue(text);
        return this;
    }

    public void Dispose() => ((IDisposable)_listener).Dispose();

    private async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
            var path = context.Request.Url!.PathAndQuery;
            using StreamReader body = new(context.Request.InputStream);
            if (await body.ReadToEndAsync() is { Length: > 0 } given)
                _bodies.Add(given);
            lock (_asked)
                _asked.Add($"{context.Request.HttpMethod} {path} {context.Request.Headers["Authorization"]}".TrimEnd());
            var (status, type, text) = _answers.GetValueOrDefault(path.Split('?')[0], (404, "application/problem+json", """{"title":"Not Found","detail":"nothing is there","status":404}"""));
            if (_next.TryGetValue(path.Split('?')[0], out var next) && next.TryDequeue(out var later))
                _answers[path.Split('?')[0]] = (status, type, later);
            (context.Response.StatusCode, context.Response.ContentType) = (status, type);
            await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(text));
            context.Response.Close();
        }
    }
}
