/** `npm run bench`: everything that is measured, on this machine, on the loopback, in about three minutes. */
import { arch, cpus } from 'node:os';
import { benchCel } from './cel.ts';
import { benchWebhook } from './webhook.ts';

console.log(`Node ${process.version}, ${arch()}, ${cpus().length} x ${cpus()[0]?.model ?? 'unknown processor'}\n`);
benchCel();
await benchWebhook();
