namespace UserOrder.Simulation.Measuring;

/// <summary>The phases that the costs follow from. Each part is looked at in two sizes of batches, small ones and full ones.</summary>
/// <param name="AcceptOne">One client while the broker is down: nothing but requests, each with a statement of its own.</param>
/// <param name="AcceptMany">Many clients while the broker is down: requests that share statements.</param>
/// <param name="Drain">No client: the relay and the consumer work off what was accepted, in full batches.</param>
/// <param name="One">One client, everything running: small batches everywhere.</param>
/// <param name="Many">Many clients, everything running: what sharing the cores adds to the costs.</param>
internal sealed record Phases(Phase AcceptOne, Phase AcceptMany, Phase Drain, Phase One, Phase Many);
