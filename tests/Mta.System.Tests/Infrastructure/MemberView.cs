using System.Text.Json;
using Mta.Testing;

namespace Mta.SystemTests.Infrastructure;

/// <summary>The cluster as one of its nodes sees it.</summary>
/// <param name="Up">Members that are up.</param>
/// <param name="Unreachable">Members that some member does not reach.</param>
internal sealed record MemberView(int Up, int Unreachable);

/// <summary>Asks a node for it.</summary>
internal static class MemberViews
{
    public static async Task<MemberView> MembersAsync(this NodeProcess node)
    {
        using var answer = JsonDocument.Parse(await node.GetAsync("/cluster/members"));
        var members = answer.RootElement.GetProperty("members").EnumerateArray();
        return new MemberView(members.Count(m => m.GetProperty("status").GetString() == "Up"), answer.RootElement.GetProperty("unreachable").GetArrayLength());
    }
}
