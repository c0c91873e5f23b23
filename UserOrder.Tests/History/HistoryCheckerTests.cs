namespace UserOrder.Tests.History;

/// <summary>The checker finds each planted violation, with the fewest entries that show it, and none in a valid history.</summary>
public sealed class HistoryCheckerTests
{
    private static readonly Guid Ada = Id(0xada);
    private static readonly Guid Tea = Id(0x7ea);
    private static readonly Guid Rum = Id(0x3a3);

    /// <summary>
    /// Four clients: a retry after a lost answer, a refused order, an order without an answer that is stored, one that is not, and a read
    /// during a failover that loses what it returned.
    /// </summary>
    private readonly List<HistoryEntry> _entries =
    [
        User(1, 0, 10, Outcome.Done, Ada),
        Order(2, 12, 30, Outcome.Unknown, "tea"),
        ReadUser(3, 20, 25, 0),
        ReadOrders(3, 26, 29, Seen(Tea, "tea")),
        Order(2, 40, 50, Outcome.Done, "tea", Tea),
        ReadUser(1, 60, 65, 1),
        Order(2, 60, 65, Outcome.Refused, "gin"),
        Order(1, 66, 90, Outcome.Unknown, "rum"),
        ReadOrders(3, 80, 95, Seen(Tea, "tea"), Seen(Rum, "rum")),
        ReadUser(3, 96, 99, 2),
        Order(2, 96, 100, Outcome.Unknown, "ale"),
        ReadUser(4, 100, 110, 3) with { IsProvisional = true },
        ReadUser(4, 111, 115, 2),
        new EntityRow(1, EntityKind.User, "ada@a.example", Ada, null, IsWhole: true),
        new KeyRow(1, EntityKind.User, "ada@a.example", Ada),
        new ReceiptRow(11, EntityKind.User, Ada),
        new KnownUserRow(11, Ada),
        OrderRow(2, "tea", Tea),
        new KeyRow(2, EntityKind.Order, "tea", Tea),
        new ReceiptRow(12, EntityKind.Order, Tea),
        OrderRow(3, "rum", Rum),
        new ReceiptRow(13, EntityKind.Order, Rum),
        new TotalRow(13, Ada, 2),
    ];

    [Fact]
    public void A_valid_history_of_concurrent_clients_has_no_violation() => Assert.Empty(HistoryChecker.Check(new(_entries)));

    [Fact]
    public void Two_ids_for_one_key_are_found()
    {
        _entries.Add(Order(4, 120, 130, Outcome.Done, "tea", Rum));

        AssertFound<Idempotency>("""
            Idempotency: The order tea was answered with 2 ids.
                    40 to       50 ms  client  2  places the order tea of the user 000ada: done as 0007ea
                   120 to      130 ms  client  4  places the order tea of the user 000ada: done as 0003a3
            """);
    }

    [Fact]
    public void A_request_that_was_carried_out_twice_is_found()
    {
        _entries.Add(OrderRow(4, "tea", Id(4)));

        AssertFound<Idempotency>(
            """
            Idempotency: The order tea is stored 2 times.
              stored at the end, transaction 2: the order tea of the user 000ada as 0007ea
              stored at the end, transaction 4: the order tea of the user 000ada as 000004
            """,
            """
            Idempotency: The key tea names 00000000-0000-0000-0000-0000000007ea, the order is 00000000-0000-0000-0000-000000000004.
              stored at the end, transaction 2: the key tea of 0007ea
              stored at the end, transaction 4: the order tea of the user 000ada as 000004
            """);
    }

    [Fact]
    public void A_read_of_an_order_without_all_its_items_is_found()
    {
        _entries.Add(ReadOrders(4, 120, 130, Seen(Tea, "tea") with { IsWhole = false }, Seen(Rum, "rum")));

        AssertFound<AtomicVisibility>("""
            AtomicVisibility: Client 4 read a part of the order tea.
                   120 to      130 ms  client  4  reads the orders of the user 000ada: tea in part, rum
            """);
    }

    [Fact]
    public void An_entity_and_a_key_of_different_transactions_are_found()
    {
        Replace(new KeyRow(2, EntityKind.Order, "tea", Tea), new KeyRow(3, EntityKind.Order, "tea", Tea));

        AssertFound<AtomicVisibility>("""
            AtomicVisibility: The order tea and its key are of different transactions.
              stored at the end, transaction 2: the order tea of the user 000ada as 0007ea
              stored at the end, transaction 3: the key tea of 0007ea
            """);
    }

    [Fact]
    public void A_stored_order_whose_event_was_never_received_is_found()
    {
        _entries.Remove(new ReceiptRow(12, EntityKind.Order, Tea));

        AssertFound<AtomicVisibility>("""
            AtomicVisibility: The order tea is stored, and its event was received 0 times.
              stored at the end, transaction 2: the order tea of the user 000ada as 0007ea
            """);
    }

    [Fact]
    public void A_received_event_of_an_order_that_is_not_stored_is_found()
    {
        _entries.Add(new ReceiptRow(14, EntityKind.Order, Id(4)));

        AssertFound<AtomicVisibility>("""
            AtomicVisibility: The event of the order 00000000-0000-0000-0000-000000000004 was received: it is not stored.
              stored at the end, transaction 14: the event of 000004 was received
            """);
    }

    [Fact]
    public void A_received_event_without_its_effect_is_found()
    {
        _entries.Remove(new KnownUserRow(11, Ada));
        Replace(new TotalRow(13, Ada, 2), new TotalRow(14, Ada, 2));

        AssertFound<AtomicVisibility>(
            """
            AtomicVisibility: The event of the user ada@a.example was received, and OrderApi does not know the user.
              stored at the end, transaction 1: the user ada@a.example as 000ada
              stored at the end, transaction 11: the event of 000ada was received
            """,
            """
            AtomicVisibility: The last count of 00000000-0000-0000-0000-000000000ada is of no transaction that received an event.
              stored at the end, transaction 14: UserApi has counted 2 orders of the user 000ada
            """);
    }

    [Fact]
    public void A_lost_update_of_a_count_is_found()
    {
        Replace(new TotalRow(13, Ada, 2), new TotalRow(13, Ada, 1));

        AssertFound<OrderTotals>(
            """
            OrderTotals: UserApi has counted 1 orders of 00000000-0000-0000-0000-000000000ada: 2 are stored.
              stored at the end, transaction 2: the order tea of the user 000ada as 0007ea
              stored at the end, transaction 3: the order rum of the user 000ada as 0003a3
              stored at the end, transaction 13: UserApi has counted 1 orders of the user 000ada
            """,
            """
            OrderTotals: Client 3 read 2 orders of 00000000-0000-0000-0000-000000000ada: 1 are counted at the end.
                    96 to       99 ms  client  3  reads the user 000ada: ada@a.example with 2 orders
              stored at the end, transaction 13: UserApi has counted 1 orders of the user 000ada
            """,
            """
            OrderTotals: Client 4 read 2 orders of 00000000-0000-0000-0000-000000000ada: 1 are counted at the end.
                   111 to      115 ms  client  4  reads the user 000ada: ada@a.example with 2 orders
              stored at the end, transaction 13: UserApi has counted 1 orders of the user 000ada
            """);
    }

    [Fact]
    public void A_count_without_the_orders_that_were_answered_with_201_is_found()
    {
        _entries.RemoveAll(entry => entry is UserRead or EntityRow { Kind: EntityKind.Order });
        Replace(new TotalRow(13, Ada, 2), new TotalRow(13, Ada, 0));

        AssertFound<OrderTotals>("""
            OrderTotals: UserApi has counted 0 orders of 00000000-0000-0000-0000-000000000ada: 1 were answered with 201.
                    40 to       50 ms  client  2  places the order tea of the user 000ada: done as 0007ea
            """);
    }

    [Fact]
    public void An_order_that_was_counted_twice_is_found()
    {
        _entries.RemoveAll(entry => entry is EntityRow { Kind: EntityKind.Order });
        Replace(new TotalRow(13, Ada, 2), new TotalRow(13, Ada, 4));

        AssertFound<OrderTotals>(
            """
            OrderTotals: UserApi has counted 4 orders of 00000000-0000-0000-0000-000000000ada: 1 were answered with 201, and 2 may exist.
                    40 to       50 ms  client  2  places the order tea of the user 000ada: done as 0007ea
                    66 to       90 ms  client  1  places the order rum of the user 000ada: no answer that decides it
                    96 to      100 ms  client  2  places the order ale of the user 000ada: no answer that decides it
              stored at the end, transaction 13: UserApi has counted 4 orders of the user 000ada
            """,
            """
            OrderTotals: UserApi has counted 4 orders of 00000000-0000-0000-0000-000000000ada: 0 are stored.
              stored at the end, transaction 13: UserApi has counted 4 orders of the user 000ada
            """);
    }

    [Fact]
    public void A_read_of_more_orders_than_had_been_requested_is_found()
    {
        Replace(ReadUser(1, 60, 65, 1), ReadUser(1, 60, 65, 2));

        AssertFound<OrderTotals>("""
            OrderTotals: Client 1 read 2 orders of 00000000-0000-0000-0000-000000000ada: at most 1 could exist.
                    40 to       50 ms  client  2  places the order tea of the user 000ada: done as 0007ea
                    60 to       65 ms  client  1  reads the user 000ada: ada@a.example with 2 orders
            """);
    }

    [Fact]
    public void A_refused_order_in_a_read_is_found()
    {
        ReplaceOrders(80, Seen(Tea, "tea"), Seen(Id(4), "gin"));

        AssertFound<OnlyRequested>("""
            OnlyRequested: Client 3 read the order gin, which was refused.
                    60 to       65 ms  client  2  places the order gin of the user 000ada: refused
                    80 to       95 ms  client  3  reads the orders of the user 000ada: tea, gin
            """);
    }

    [Fact]
    public void An_order_that_is_read_before_its_request_is_found()
    {
        ReplaceOrders(26, Seen(Rum, "rum"));

        AssertFound<OnlyRequested>("""
            OnlyRequested: Client 3 read the order rum, which no client had requested.
                    26 to       29 ms  client  3  reads the orders of the user 000ada: rum
            """);
    }

    [Fact]
    public void A_refused_order_that_is_stored_is_found()
    {
        _entries.Add(OrderRow(4, "gin", Id(4)));

        AssertFound<OnlyRequested>("""
            OnlyRequested: The order gin is stored, which was refused.
                    60 to       65 ms  client  2  places the order gin of the user 000ada: refused
              stored at the end, transaction 4: the order gin of the user 000ada as 000004
            """);
    }

    [Fact]
    public void An_order_under_another_id_than_the_answered_one_is_found()
    {
        ReplaceOrders(80, Seen(Id(4), "tea"), Seen(Rum, "rum"));

        AssertFound<OnlyRequested>("""
            OnlyRequested: Client 3 read the order tea as 000004, which was answered as 0007ea.
                    40 to       50 ms  client  2  places the order tea of the user 000ada: done as 0007ea
                    80 to       95 ms  client  3  reads the orders of the user 000ada: tea, rum
            """);
    }

    [Fact]
    public void A_later_read_without_what_was_answered_with_201_is_found()
    {
        _entries.AddRange([ReadUser(4, 120, 130, 0) with { Found = null }, ReadOrders(4, 131, 140, Seen(Rum, "rum"))]);

        AssertFound<AcknowledgedWrites>(
            """
            AcknowledgedWrites: Client 4 did not find the user ada@a.example, which had been answered with 201.
                     0 to       10 ms  client  1  creates the user ada@a.example: done as 000ada
                   120 to      130 ms  client  4  reads the user 000ada: not found
            """,
            """
            AcknowledgedWrites: Client 4 did not find the order tea, which had been answered with 201.
                    40 to       50 ms  client  2  places the order tea of the user 000ada: done as 0007ea
                   131 to      140 ms  client  4  reads the orders of the user 000ada: rum
            """);
    }

    [Fact]
    public void An_order_that_was_answered_with_201_and_is_not_stored_is_found()
    {
        _entries.Remove(OrderRow(2, "tea", Tea));

        AssertFound<AcknowledgedWrites>("""
            AcknowledgedWrites: The order tea was answered with 201 as 0007ea, and is not stored.
                    40 to       50 ms  client  2  places the order tea of the user 000ada: done as 0007ea
            """);
    }

    [Fact]
    public void A_later_read_that_shows_less_is_found()
    {
        _entries.AddRange([ReadUser(3, 120, 130, 1), ReadOrders(3, 131, 140, Seen(Tea, "tea"))]);

        AssertFound<MonotonicReads>(
            """
            MonotonicReads: Client 3 read 1 orders of 00000000-0000-0000-0000-000000000ada: client 3 had read 2.
                    96 to       99 ms  client  3  reads the user 000ada: ada@a.example with 2 orders
                   120 to      130 ms  client  3  reads the user 000ada: ada@a.example with 1 orders
            """,
            """
            MonotonicReads: Client 3 did not find the order rum, which client 3 had read.
                    80 to       95 ms  client  3  reads the orders of the user 000ada: tea, rum
                   131 to      140 ms  client  3  reads the orders of the user 000ada: tea
            """);
    }

    [Fact]
    public void A_user_that_a_later_read_does_not_find_is_found()
    {
        _entries.Add(ReadUser(1, 120, 130, 0) with { Found = null });

        AssertFound<MonotonicReads>("""
            MonotonicReads: Client 1 did not find the user 00000000-0000-0000-0000-000000000ada, whom client 3 had read.
                    96 to       99 ms  client  3  reads the user 000ada: ada@a.example with 2 orders
                   120 to      130 ms  client  1  reads the user 000ada: not found
            """);
    }

    /// <summary>An order that another client places meanwhile may be in a read or not, and so may a count.</summary>
    [Fact]
    public void Reads_that_overlap_may_differ_in_either_direction()
    {
        _entries.AddRange([ReadUser(5, 70, 98, 1), ReadOrders(5, 70, 94, Seen(Tea, "tea"))]);

        Assert.Empty(HistoryChecker.Check(new(_entries)));
    }

    [Fact]
    public void Two_entries_of_thousands_show_a_violation()
    {
        for (var i = 0; i < 2000; i++)
        {
            _entries.Add(ReadUser(5, 300 + i, 301 + i, 2));
        }

        _entries.Add(ReadUser(6, 3000, 3001, 1));

        var violation = HistoryChecker.Check(new(_entries)).First(violation => violation.Rule is MonotonicReads);
        Assert.Equal(2, violation.Minimal.Entries.Count);
    }

    private static Guid Id(int number) => new(0, 0, 0, 0, 0, 0, 0, 0, 0, (byte)(number >> 8), (byte)number);

    private static TimeSpan Ms(int milliseconds) => TimeSpan.FromMilliseconds(milliseconds);

    private static WriteOperation User(int client, int start, int end, Outcome outcome, Guid? id = null) =>
        new(client, Ms(start), Ms(end), outcome, EntityKind.User, "ada@a.example", null, id);

    private static WriteOperation Order(int client, int start, int end, Outcome outcome, string marker, Guid? id = null) =>
        new(client, Ms(start), Ms(end), outcome, EntityKind.Order, marker, Ada, id);

    private static EntityRow OrderRow(int commit, string marker, Guid id) => new(commit, EntityKind.Order, marker, id, Ada, IsWhole: true);

    private static UserRead ReadUser(int client, int start, int end, int orders) =>
        new(client, Ms(start), Ms(end), Outcome.Done, Ada, new UserSeen("ada@a.example", orders));

    private static OrdersRead ReadOrders(int client, int start, int end, params OrderSeen[] orders) =>
        new(client, Ms(start), Ms(end), Outcome.Done, Ada, orders, HasMore: false);

    private static OrderSeen Seen(Guid id, string marker) => new(id, marker, IsWhole: true);

    private void Replace(HistoryEntry entry, HistoryEntry other) => _entries[_entries.IndexOf(entry)] = other;

    /// <summary>Lets the read of the orders that starts at a time return others.</summary>
    private void ReplaceOrders(int start, params OrderSeen[] orders)
    {
        var index = _entries.FindIndex(entry => entry is OrdersRead read && read.Start == Ms(start));
        _entries[index] = (OrdersRead)_entries[index] with { Orders = orders };
    }

    private void AssertFound<TRule>(params string[] expected) => Assert.Equal(
        expected.Select(violation => violation.ReplaceLineEndings("\n")),
        HistoryChecker.Check(new(_entries)).Where(violation => violation.Rule is TRule).Select(violation => violation.ToString()));
}
