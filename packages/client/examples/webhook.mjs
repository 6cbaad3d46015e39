// A receiver of webhooks.

import { createServer } from 'node:http';
import process from 'node:process';
import { InvalidWebhook, verifyWebhook } from '@tollgate/client';

const { PORT = '8090', WEBHOOK_SECRETS = '' } = process.env;
// Two while one rotates.
const secrets = WEBHOOK_SECRETS.split(' ');

const server = createServer(async (req, res) => {
  const pieces = [];
  for await (const piece of req) pieces.push(piece);
  try {
    const webhook = await verifyWebhook(Buffer.concat(pieces), req.headers, secrets);
    // The same id comes again when our answer is lost: remember those that were acted on.
    process.stdout.write(`${webhook.id} ${webhook.type} ${JSON.stringify(webhook.data)}\n`);
    res.writeHead(204).end();
  } catch (error) {
    res.writeHead(error instanceof InvalidWebhook ? 400 : 500).end();
  }
});
server.listen(Number(PORT), '127.0.0.1', () => process.stdout.write(`listening on ${server.address().port}\n`));
