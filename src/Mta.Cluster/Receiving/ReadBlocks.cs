using System.Buffers;
using Microsoft.AspNetCore.Connections;

namespace Mta.Cluster.Receiving;

/// <summary>
/// Memory that Kestrel reads into: blocks four times as large as its own, so that a usual message comes in one or two reads, each of which is a system call and a
/// message to the session's actor. A connection holds a block only while it has octets in it.
/// </summary>
internal sealed class ReadBlocks : IMemoryPoolFactory<byte>
{
    /// <summary>Octets of a block.</summary>
    public const int BlockSize = 16 * 1024;

    /// <inheritdoc/>
    public MemoryPool<byte> Create(MemoryPoolOptions? options = null) => new Pool();

    // The arrays are those of the shared pool, which gives back what is not used for a while.
    private sealed class Pool : MemoryPool<byte>
    {
        public override int MaxBufferSize => Array.MaxLength;

        public override IMemoryOwner<byte> Rent(int minBufferSize = -1) => Shared.Rent(Math.Max(minBufferSize, BlockSize));

        protected override void Dispose(bool disposing)
        {
        }
    }
}
