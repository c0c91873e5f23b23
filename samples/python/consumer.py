"""Counts the orders of each user. An event counts once, however often it is delivered and whenever this process is killed.

It ends when it loses the broker: its supervisor starts it again.
"""

import json
import os
import sqlite3
import sys
from uuid import UUID

import pika

TYPE, QUEUE = "order.placed.v1", "sample-python.order-placed"
DEAD = f"{QUEUE}.dead"
SINGLE, BATCH = "application/cloudevents+json", "application/cloudevents-batch+json"
UNREADABLE = (KeyError, TypeError, ValueError, RecursionError)

database = sqlite3.connect(sys.argv[1] if len(sys.argv) > 1 else "orders.db")
database.execute("create table if not exists inbox (event_id text primary key)")
database.execute("create table if not exists order_counts (user_id text primary key, orders integer not null)")


def read(event):
    if event["specversion"] != "1.0" or event["type"] != TYPE:
        raise ValueError(f"The event is not {TYPE}.")
    return str(UUID(str(event["id"]))), str(UUID(str(event["data"]["userId"])))


def events_in(body, content_type):
    parsed = json.loads(body)
    if content_type != BATCH:
        return [parsed]
    if isinstance(parsed, list) and parsed:
        return parsed
    raise ValueError("The body is not an array of events.")


def count(event_id, user_id):
    if database.execute("insert or ignore into inbox values (?)", (event_id,)).rowcount == 1:
        database.execute(
            "insert into order_counts values (?, 1) on conflict (user_id) do update set orders = orders + 1", (user_id,))


def bury(body, content_type, reason):
    headers = {"x-reason": reason, "x-queue": QUEUE}
    properties = pika.BasicProperties(content_type=content_type, delivery_mode=2, headers=headers)
    channel.basic_publish(QUEUE, DEAD, body, properties, mandatory=True)  # Raises unless the broker has stored it.


def apply(events):
    """Counts the new events in one transaction, and returns the unreadable ones."""
    unreadable = []
    with database:
        for event in events:
            try:
                count(*read(event))
            except UNREADABLE as error:
                unreadable.append((json.dumps(event), SINGLE, f"{type(error).__name__}: {error}"))
    return unreadable


channel = pika.BlockingConnection(pika.URLParameters(os.environ["AMQP_URL"])).channel()
channel.confirm_delivery()

# Only this exchange routes dead letters here. A full queue refuses events, which then wait at their sender.
quorum = {"x-queue-type": "quorum", "x-max-length": 100000, "x-overflow": "reject-publish"}
dead_letters = {"x-dead-letter-exchange": QUEUE, "x-dead-letter-routing-key": DEAD, "x-dead-letter-strategy": "at-least-once"}
channel.exchange_declare(QUEUE, "direct", durable=True)
channel.queue_declare(DEAD, durable=True, arguments={**quorum, "x-delivery-limit": 2**31 - 1})
channel.queue_declare(QUEUE, durable=True, arguments={**quorum, **dead_letters, "x-delivery-limit": 20})
channel.queue_bind(DEAD, QUEUE, DEAD)
channel.queue_bind(QUEUE, "user-order.events", TYPE)
channel.basic_qos(prefetch_count=100)

print(f"Consuming from {QUEUE}", flush=True)
for delivery, properties, body in channel.consume(QUEUE):
    try:
        unreadable = apply(events_in(body, properties.content_type))
    except UNREADABLE as error:
        unreadable = [(body, properties.content_type, f"{type(error).__name__}: {error}")]
    for letter in unreadable:
        bury(*letter)
    channel.basic_ack(delivery.delivery_tag)
sys.exit("The queue was deleted.")
