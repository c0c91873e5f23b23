using Npgsql;
using UserOrder.Messaging.Database;

namespace UserOrder.Messaging.Tests;

/// <summary>Whose fault an exception is, although another exception has it inside. Tests with servers raise all SQLSTATEs.</summary>
public sealed class DatabaseFaultTests
{
    [Theory]
    [InlineData(PostgresErrorCodes.UniqueViolation, true, false, false)]
    [InlineData(PostgresErrorCodes.AdminShutdown, false, false, true)]
    [InlineData(PostgresErrorCodes.UndefinedTable, false, true, true)]
    public void The_exception_of_the_database_counts_however_deep_it_is(string state, bool isOfData, bool isOfCode, bool isOutage)
    {
        var cause = new PostgresException("refused", "ERROR", "ERROR", state);

        foreach (var exception in new Exception[] { cause, Wrap(cause), Wrap(Wrap(cause)) })
        {
            Assert.Same(cause, DatabaseFault.CauseOf(exception));
            Assert.Equal(isOfData, DatabaseFault.IsOfData(exception));
            Assert.Equal(isOfCode, DatabaseFault.IsOfCode(exception));
            Assert.Equal(isOutage, DatabaseFault.IsOutage(exception));
        }
    }

    [Fact]
    public void A_lost_connection_is_an_outage_however_deep_it_is()
    {
        Assert.True(DatabaseFault.IsOutage(Wrap(new NpgsqlException("The connection is lost.", new IOException()))));
        Assert.True(DatabaseFault.IsOutage(Wrap(new TimeoutException())));
    }

    [Fact]
    public void A_cancelled_call_of_another_server_and_an_exception_without_a_database_are_no_outage()
    {
        Assert.False(DatabaseFault.IsOutage(new TaskCanceledException("The request took too long.", new TimeoutException())));
        Assert.False(DatabaseFault.IsOutage(Wrap(new IOException())));
    }

    private static InvalidOperationException Wrap(Exception cause) => new("Something failed.", cause);
}
