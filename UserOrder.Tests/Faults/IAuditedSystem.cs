using System.Collections.Concurrent;
using Npgsql;
using RabbitMQ.Client;
using UserOrder.Tests.Graph;

namespace UserOrder.Tests.Faults;

/// <summary>What an audit looks into.</summary>
internal interface IAuditedSystem
{
    Ledger Ledger { get; }

    NpgsqlDataSource UserDb { get; }

    NpgsqlDataSource OrderDb { get; }

    /// <summary>The processes that ended in the wrong way.</summary>
    ConcurrentQueue<UnexpectedExit> UnexpectedExits { get; }

    Task<IConnection> ConnectToBrokerAsync();
}
