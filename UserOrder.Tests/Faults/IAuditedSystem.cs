using System.Collections.Concurrent;
using Npgsql;
using RabbitMQ.Client;
using UserOrder.Tests.Graph;

namespace UserOrder.Tests.Faults;

/// <summary>A system that an audit can inspect.</summary>
internal interface IAuditedSystem
{
    Ledger Ledger { get; }

    NpgsqlDataSource UserDb { get; }

    NpgsqlDataSource OrderDb { get; }

    /// <summary>The processes that exited without a request, or with an error after one.</summary>
    ConcurrentQueue<UnexpectedExit> UnexpectedExits { get; }

    Task<IConnection> ConnectToBrokerAsync();
}
