// Publishes an event: node producer.js TYPE SUBJECT DATA [ID]. It ends with 0 only if the broker has stored the event in every queue.
// If it ends otherwise, run it again with the ID that it printed: consumers recognise the repetition.
import { randomUUID } from 'node:crypto';
import amqp from 'amqplib';

const [type, subject, data, id = randomUUID()] = process.argv.slice(2);
const url = new URL(process.env.AMQP_URL);
console.log(id);

const event = {
  specversion: '1.0',
  id,
  source: '/sample-node',
  type,
  subject,
  time: new Date().toISOString(),
  datacontenttype: 'application/json',
  dataschema: `https://userorder.example/schemas/${type}.json`,
  data: JSON.parse(data),
};

function fail(reason) {
  console.error(reason);
  process.exit(1);
}

const connection = await amqp.connect(url.href).catch((error) => fail(`No connection: ${error.message}`));
connection.on('error', (error) => fail(`Connection lost: ${error.message}`));
const channel = await connection.createConfirmChannel();
channel.on('error', (error) => fail(`Refused: ${error.message}`));

// The broker returns a mandatory message that reaches no queue, then confirms it.
channel.on('return', ({ fields }) => fail(`Returned: ${fields.replyCode} ${fields.replyText}`));
channel.publish('user-order.events', type, Buffer.from(JSON.stringify(event)), {
  contentType: 'application/cloudevents+json',
  persistent: true,
  mandatory: true,
  messageId: id,
  type,
  appId: 'sample-node',
  userId: decodeURIComponent(url.username), // The broker verifies it, so that consumers can.
});
await channel.waitForConfirms().catch((error) => fail(`Not confirmed: ${error.message}`));
await connection.close();
