// The tutorial's order service: an event takes effect as a line of the log, then it is acknowledged.
import amqp from 'amqplib';
import express from 'express';

const app = express();
app.use(express.json());

// For the bench: how many users came, the last one when (milliseconds since 1970), and how many milliseconds after their creation.
const received = { count: 0, last: 0, lags: {} };

const connection = await amqp.connect(process.env.RABBITMQ_URL);
const channel = await connection.createChannel();
await channel.assertQueue('user_created');
await channel.consume('user_created', (message) => {
  if (message) {
    const user = JSON.parse(message.content.toString());
    console.log('New user received:', user);
    channel.ack(message);

    received.count += 1;
    received.last = Date.now();
    const lag = received.last - user.id;
    received.lags[lag] = (received.lags[lag] ?? 0) + 1;
  }
});

app.post('/orders', (request, response) => {
  response.status(201).json({ orderId: Date.now(), userId: request.body.userId });
});

app.get('/health', (request, response) => response.json({ status: 'Healthy' }));
app.get('/received', (request, response) => response.json(received));

app.listen(process.env.PORT, '127.0.0.1');
