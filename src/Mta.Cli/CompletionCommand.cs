using System.CommandLine;

namespace Mta.Cli;

/// <summary><c>mtactl completion</c>: what a shell runs to complete command lines.</summary>
internal static class CompletionCommand
{
    private const string Description = """
        Prints the lines that let a shell complete command lines.

        Examples:
          $ mtactl completion bash > /etc/bash_completion.d/mtactl
          $ source <(mtactl completion zsh)
          $ mtactl completion fish > ~/.config/fish/completions/mtactl.fish
        """;

    private const string Bash = """
        _mtactl() {
            local IFS=$'\n'
            COMPREPLY=($(compgen -W "$(mtactl "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
        }
        complete -o default -F _mtactl mtactl
        """;

    private const string Zsh = """
        #compdef mtactl
        _mtactl() {
            local -a found
            found=("${(@f)$(mtactl "[suggest:${CURSOR}]" "${BUFFER}" 2>/dev/null)}")
            compadd -- $found
        }
        compdef _mtactl mtactl
        """;

    private const string Fish = """
        complete -f -c mtactl -a '(mtactl "[suggest:"(commandline -C)"]" (commandline) 2>/dev/null)'
        """;

    /// <summary>The command.</summary>
    public static Command Create(TextWriter output)
    {
        Argument<string> shell = new("shell") { Description = "bash, zsh or fish." };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        Command command = new("completion", Description) { shell };
        command.SetAction(parsed => output.WriteLine(parsed.GetValue(shell) switch
        {
            "zsh" => Zsh,
            "fish" => Fish,
            _ => Bash,
        }));
        return command;
    }
}
