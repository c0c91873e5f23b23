"""Publishes an event: python3 producer.py TYPE SUBJECT DATA [ID]. It ends with 0 only if the broker has stored the event in every queue.

If it ends otherwise, run it again with the ID that it printed: consumers recognise the repetition.
"""

import json
import os
import sys
from datetime import datetime, timezone
from uuid import uuid4

import pika
from pika.exceptions import AMQPError, UnroutableError

event_type, subject, data = sys.argv[1:4]
event_id = sys.argv[4] if len(sys.argv) > 4 else str(uuid4())
print(event_id)

event = {
    "specversion": "1.0",
    "id": event_id,
    "source": "/sample-python",
    "type": event_type,
    "subject": subject,
    "time": datetime.now(timezone.utc).isoformat(),
    "datacontenttype": "application/json",
    "dataschema": f"https://userorder.example/schemas/{event_type}.json",
    "data": json.loads(data),
}
login = pika.URLParameters(os.environ["AMQP_URL"])
properties = pika.BasicProperties(
    content_type="application/cloudevents+json",
    delivery_mode=2,  # persistent
    message_id=event_id,
    type=event_type,
    app_id="sample-python",
    user_id=login.credentials.username,  # The broker verifies it, so that consumers can.
)

try:
    with pika.BlockingConnection(login) as connection:
        channel = connection.channel()
        channel.confirm_delivery()
        channel.basic_publish("user-order.events", event_type, json.dumps(event).encode(), properties, mandatory=True)
except UnroutableError as error:
    returned = error.messages[0].method
    sys.exit(f"Returned: {returned.reply_code} {returned.reply_text}")
except AMQPError as error:
    sys.exit(f"Refused: {error!r}")
