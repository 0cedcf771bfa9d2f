/** What everybody starts with: express and its JSON parser, allowing all. `node bare-express.ts CERT KEY` */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import express from 'express';

const [cert = '', key = ''] = process.argv.slice(2);
const app = express();
app.use(express.json({ limit: '7mb' }));
app.post(['/mutate', '/validate'], (request, response) => {
  const { uid } = request.body.request;
  response.json({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response: { uid, allowed: true } });
});
const server = createServer({ cert: readFileSync(cert), key: readFileSync(key) }, app);
server.listen(0, '127.0.0.1', () => {
  console.log(`ready: https://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
