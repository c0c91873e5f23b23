using System.Collections.Concurrent;
using Npgsql;
using RabbitMQ.Client;
using UserOrder.ManifestRunner.Graph;

namespace UserOrder.Tests.Faults;

/// <summary>What an audit looks into.</summary>
internal interface IAuditedSystem
{
    Ledger Ledger { get; }

    NpgsqlDataSource UserDb { get; }

    NpgsqlDataSource OrderDb { get; }

    /// <summary>The state changes that should not have been.</summary>
    ConcurrentQueue<ResourceChange> WrongEnds { get; }

    Task<IConnection> ConnectToBrokerAsync();
}
