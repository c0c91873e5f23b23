// The tutorial's user service: the user is only in the message, which is sent without a confirm.
import amqp from 'amqplib';
import express from 'express';

const app = express();
app.use(express.json());

const connection = await amqp.connect(process.env.RABBITMQ_URL);
const channel = await connection.createChannel();
await channel.assertQueue('user_created');

app.post('/users', (request, response) => {
  const user = { id: Date.now(), ...request.body };
  channel.sendToQueue('user_created', Buffer.from(JSON.stringify(user)));
  response.status(201).json(user);
});

// For the bench: what the tutorial leaves out, and what tells when the service is ready.
app.get('/health', (request, response) => response.json({ status: 'Healthy' }));

app.listen(process.env.PORT, '127.0.0.1');
