// Counts the orders of each user. An event counts once, however often it is delivered and whenever this process is killed.
// It ends when it loses the broker: its supervisor starts it again.
import { appendFileSync, ftruncateSync, openSync, readFileSync } from 'node:fs';
import amqp from 'amqplib';

const [type, queue] = ['order.placed.v1', 'sample-node.order-placed'];
const [single, batch] = ['application/cloudevents+json', 'application/cloudevents-batch+json'];
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

// A line "event user" is inbox entry and effect at once, so no crash separates them. It may cut the last line short.
const file = openSync(process.argv[2] ?? 'orders.log', 'a+');
const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
ftruncateSync(file, lines.reduce((bytes, line) => bytes + line.length + 1, 0));
const inbox = new Set(lines.map((line) => line.split(' ')[0]));

function read(event) {
  if (event?.specversion !== '1.0' || event.type !== type) throw new Error(`The event is not ${type}.`);
  if (!uuid.test(event.id) || !uuid.test(event.data?.userId)) throw new Error('The id of the event or of the user is not a UUID.');
  return [event.id.toLowerCase(), event.data.userId.toLowerCase()];
}

function* eventsIn(message) {
  const body = JSON.parse(message.content.toString());
  if (message.properties.contentType !== batch) yield body;
  else if (Array.isArray(body) && body.length > 0) yield* body;
  else throw new Error('The body is not an array of events.');
}

const connection = await amqp.connect(process.env.AMQP_URL);
connection.on('close', () => process.exit(1));
const channel = await connection.createConfirmChannel();
channel.on('return', () => process.exit(1));

// Only this exchange routes dead letters here. A full queue refuses events, which then wait at their sender.
const quorum = { 'x-queue-type': 'quorum', 'x-max-length': 100000, 'x-overflow': 'reject-publish' };
const deadLetters = { 'x-dead-letter-exchange': queue, 'x-dead-letter-routing-key': `${queue}.dead` };
await channel.assertExchange(queue, 'direct');
await channel.assertQueue(`${queue}.dead`, { arguments: { ...quorum, 'x-delivery-limit': 2 ** 31 - 1 } });
await channel.assertQueue(queue, {
  arguments: { ...quorum, ...deadLetters, 'x-dead-letter-strategy': 'at-least-once', 'x-delivery-limit': 20 },
});
await channel.bindQueue(`${queue}.dead`, queue, `${queue}.dead`);
await channel.bindQueue(queue, 'user-order.events', type);
await channel.prefetch(100);

async function settle(message) {
  if (!message) process.exit(1); // The queue was deleted.
  const [counted, unreadable] = [[], []];
  try {
    for (const event of eventsIn(message)) {
      try {
        const [id, user] = read(event);
        if (!inbox.has(id)) counted.push(`${id} ${user}\n`);
        inbox.add(id);
      } catch (error) {
        unreadable.push([JSON.stringify(event), single, error.message]);
      }
    }
  } catch (error) {
    unreadable.push([message.content, message.properties.contentType, error.message]);
  }

  if (counted.length > 0) appendFileSync(file, counted.join(''), { flush: true });
  for (const [body, contentType, reason] of unreadable) {
    const headers = { 'x-reason': reason, 'x-queue': queue };
    channel.publish(queue, `${queue}.dead`, Buffer.from(body), { contentType, headers, persistent: true, mandatory: true });
  }
  await channel.waitForConfirms();
  channel.ack(message);
}

// Exclusive, because a second process would not know the lines of the first.
await channel.consume(queue, settle, { exclusive: true });
console.log(`Consuming from ${queue}`);
