namespace UserOrder.Simulation.Measuring;

/// <summary>The parts of the system that have processes of their own.</summary>
internal enum Part
{
    UserApi,
    OrderApi,
    Broker,
    UserDatabase,
    OrderDatabase,
    Client,
}
