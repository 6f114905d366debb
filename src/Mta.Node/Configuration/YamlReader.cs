using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Mta.Node.Configuration;

/// <summary>
/// Reads one YAML document into <see cref="ConfigNode"/>s. Of YAML it takes mappings, lists and scalars; anchors, aliases, tags and
/// further documents are refused, since they would give a value without a place of its own.
/// </summary>
internal sealed class YamlReader
{
    private const int MaxDepth = 32;
    private readonly string _file;
    private readonly Parser _parser;
    private readonly List<ConfigProblem> _problems;

    private YamlReader(string text, string file, List<ConfigProblem> problems)
    {
        _file = file;
        _problems = problems;
        _parser = new Parser(new StringReader(text));
    }

    /// <summary>Reads a document.</summary>
    /// <param name="text">The YAML text.</param>
    /// <param name="file">The name for error messages.</param>
    /// <param name="problems">Takes what is wrong with the text.</param>
    /// <returns>The document's mapping; an empty one when the text holds none or cannot be read.</returns>
    public static ConfigMapping Read(string text, string file, List<ConfigProblem> problems)
    {
        ConfigMapping empty = new(ConfigOrigin.WholeFile(file));
        try
        {
            return new YamlReader(text, file, problems).Document(empty);
        }
        catch (YamlException e)
        {
            problems.Add(TabIndentation(text, file) ?? new(
                ConfigOrigin.InFile(file, e.End.Line, e.End.Column), "", $"not valid YAML: {e.Message.ReplaceLineEndings(" ")}"));
            return empty;
        }
    }

    /// <summary>The commonest mistake of all, for which the parser names an odd place.</summary>
    private static ConfigProblem? TabIndentation(string text, string file)
    {
        string[] lines = text.Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            int column = lines[i].AsSpan().IndexOfAnyExcept(' ');
            if (column >= 0 && lines[i][column] == '\t')
                return new(ConfigOrigin.InFile(file, i + 1, column + 1), "", "a tab in the indentation; YAML is indented with spaces");
        }
        return null;
    }

    private ConfigMapping Document(ConfigMapping empty)
    {
        _parser.Consume<StreamStart>();
        if (_parser.TryConsume<StreamEnd>(out _))
            return empty;
        _parser.Consume<DocumentStart>();
        ConfigNode root = Node("", 0);
        _parser.Consume<DocumentEnd>();
        if (!_parser.Accept<StreamEnd>(out _))
            Report(_parser.Current!, "", "a second document; a configuration is one document");
        if (root is ConfigMapping mapping)
            return mapping;
        if (root is not ConfigScalar { IsNull: true })
            _problems.Add(new(root.Origin, "", $"{root.Kind} where a mapping of sections is expected"));
        return empty;
    }

    private ConfigNode Node(string path, int depth)
    {
        if (depth > MaxDepth)
            throw new YamlException(_parser.Current!.Start, _parser.Current.End, $"nested more than {MaxDepth} levels deep");
        if (_parser.TryConsume<AnchorAlias>(out AnchorAlias? alias))
        {
            Report(alias, path, "aliases are not supported; write the value out");
            return new ConfigScalar(Origin(alias), "", Quoted: false);
        }
        if (_parser.Current is NodeEvent { Anchor.IsEmpty: false } anchored)
            Report(anchored, path, "anchors are not supported; write the value out where it is needed");
        if (_parser.Current is NodeEvent { Tag: { IsEmpty: false, IsNonSpecific: false } } tagged)
            Report(tagged, path, "tags are not supported");
        return _parser.Current switch
        {
            MappingStart => Mapping(path, depth),
            SequenceStart => Sequence(path, depth),
            _ => Value(),
        };
    }

    private ConfigScalar Value()
    {
        Scalar scalar = _parser.Consume<Scalar>();
        return new ConfigScalar(Origin(scalar), scalar.Value, scalar.Style is not (ScalarStyle.Plain or ScalarStyle.Any));
    }

    private ConfigMapping Mapping(string path, int depth)
    {
        ConfigMapping mapping = new(Origin(_parser.Consume<MappingStart>()));
        Dictionary<string, ConfigOrigin> seen = [];
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            if (!_parser.TryConsume<Scalar>(out Scalar? key))
                throw new YamlException(_parser.Current!.Start, _parser.Current.End, "a key must be a single value");
            string keyPath = ConfigPath.Key(path, key.Value);
            if (!seen.TryAdd(key.Value, Origin(key)))
                Report(key, keyPath, $"duplicate key; first given at {seen[key.Value]}");
            mapping.Entries.Add(new ConfigEntry(Origin(key), key.Value, Node(keyPath, depth + 1)));
        }
        return mapping;
    }

    private ConfigSequence Sequence(string path, int depth)
    {
        ConfigSequence sequence = new(Origin(_parser.Consume<SequenceStart>()));
        while (!_parser.TryConsume<SequenceEnd>(out _))
            sequence.Items.Add(Node(ConfigPath.Item(path, sequence.Items.Count), depth + 1));
        return sequence;
    }

    private ConfigOrigin Origin(ParsingEvent at) => ConfigOrigin.InFile(_file, at.Start.Line, at.Start.Column);

    private void Report(ParsingEvent at, string key, string text) => _problems.Add(new(Origin(at), key, text));
}
