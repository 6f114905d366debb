using System.CommandLine;
using Mta.Protocol.Authentication;

namespace Mta.Cli.Access;

/// <summary><c>mtactl new-token</c>: a new token for the management endpoint, and the lines for the configuration.</summary>
internal static class NewTokenCommand
{
    private const string Description = """
        Makes a token for the management endpoint, and prints the lines that let it in.

        The token itself goes to whoever is to use it and is shown only here; the configuration of every node holds its hash alone.

        Example:
          $ mtactl new-token --name alice --role operator
          token: mta_...

          management:
            tokens:
              - name: alice
                role: operator
                hash: sha256:...
        """;

    /// <summary>The command.</summary>
    public static Command Create(TextWriter output)
    {
        Option<string> name = new("--name") { Description = "Whose it is, as the audit log names them.", Required = true };
        Option<string> role = new("--role") { Description = "viewer may look, operator may act too.", DefaultValueFactory = _ => "viewer" };
        role.AcceptOnlyFromAmong("viewer", "operator");
        Command command = new("new-token", Description) { name, role };
        command.SetAction(parsed =>
        {
            var token = BearerToken.Create();
            output.WriteLine($"token: {token}");
            output.WriteLine();
            output.WriteLine("management:");
            output.WriteLine("  tokens:");
            output.WriteLine($"    - name: {parsed.GetValue(name)}");
            output.WriteLine($"      role: {parsed.GetValue(role)}");
            output.WriteLine($"      hash: {BearerToken.Hash(token)}");
            return ExitCodes.Success;
        });
        return command;
    }
}
