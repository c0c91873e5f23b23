using System.Numerics;

namespace UserOrder.Tests.Model;

/// <summary>
/// The whole system at one moment: up to four events, and the two replicas of each service, numbered 0 and 1 (UserApi), 2 and 3 (OrderApi).
/// </summary>
internal record struct State
{
    public const int Replicas = 4;
    public const int MaxEvents = 4;

    private EventState _first;
    private EventState _second;
    private EventState _third;
    private EventState _fourth;
    private byte _frozen;
    private byte _cutOff;

    public EventState this[int index]
    {
        readonly get => index switch
        {
            0 => _first,
            1 => _second,
            2 => _third,
            _ => _fourth,
        };
        set => _ = index switch
        {
            0 => _first = value,
            1 => _second = value,
            2 => _third = value,
            _ => _fourth = value,
        };
    }

    public readonly bool IsFrozen(int replica) => (_frozen >> replica & 1) == 1;

    /// <summary>
    /// Whether the replica's consuming channel is lost: the broker has taken back its deliveries, and ignores their acknowledgements.
    /// </summary>
    public readonly bool IsCutOff(int replica) => (_cutOff >> replica & 1) == 1;

    public readonly State With(int index, EventState changed)
    {
        var state = this;
        state[index] = changed;
        return state;
    }

    public readonly State WithFrozen(int replica, bool isFrozen) => this with { _frozen = WithBit(_frozen, replica, isFrozen) };

    public readonly State WithCutOff(int replica, bool isCutOff) => this with { _cutOff = WithBit(_cutOff, replica, isCutOff) };

    /// <summary>The same state with the replicas of a service exchanged.</summary>
    /// <param name="service">0 for UserApi, 1 for OrderApi.</param>
    /// <param name="bounds">The bounds.</param>
    public readonly State WithOtherReplicas(int service, Bounds bounds)
    {
        var other = this;
        var first = 2 * service;
        for (var i = 0; i < bounds.Events; i++)
        {
            other[i] = bounds.IsSender(first, i) ? other[i].WithOtherSenders() : other[i].WithOtherReceivers();
        }

        return other
            .WithFrozen(first, IsFrozen(first + 1)).WithFrozen(first + 1, IsFrozen(first))
            .WithCutOff(first, IsCutOff(first + 1)).WithCutOff(first + 1, IsCutOff(first));
    }

    /// <summary>The same state with the two users, and their orders, exchanged.</summary>
    public readonly State WithOtherUsers(Bounds bounds)
    {
        var other = this;
        for (var i = 0; i < bounds.Events; i++)
        {
            other[i] = this[i ^ 1];
        }

        return other;
    }

    /// <summary>The lesser of two states, in any consistent order.</summary>
    public static State Least(in State one, in State other)
    {
        var order = one._first.Bits.CompareTo(other._first.Bits);
        order = order != 0 ? order : one._second.Bits.CompareTo(other._second.Bits);
        order = order != 0 ? order : one._third.Bits.CompareTo(other._third.Bits);
        order = order != 0 ? order : one._fourth.Bits.CompareTo(other._fourth.Bits);
        order = order != 0 ? order : one._frozen.CompareTo(other._frozen);
        order = order != 0 ? order : one._cutOff.CompareTo(other._cutOff);
        return order <= 0 ? one : other;
    }

    public override readonly int GetHashCode()
    {
        const ulong Odd = 0x9e3779b97f4a7c15;
        var hash = _first.Bits;
        hash = (BitOperations.RotateLeft(hash * Odd, 29) ^ _second.Bits) * Odd;
        hash = (BitOperations.RotateLeft(hash, 29) ^ _third.Bits) * Odd;
        hash = (BitOperations.RotateLeft(hash, 29) ^ _fourth.Bits) * Odd;
        hash = (BitOperations.RotateLeft(hash, 29) ^ (ulong)(_frozen << 8 | _cutOff)) * Odd;
        return (int)(hash >> 32);
    }

    private static byte WithBit(byte bits, int index, bool value) => (byte)(value ? bits | 1 << index : bits & ~(1 << index));
}
