/** `npm run bench`: everything that is measured, on this machine, on the loopback, in about five minutes. */
import { arch, cpus } from 'node:os';
import { benchAudit } from './audit.ts';
import { benchCel } from './cel.ts';
import { benchPage } from './page.ts';
import { benchTelling } from './telling.ts';
import { benchWebhook } from './webhook.ts';

console.log(`Node ${process.version}, ${arch()}, ${cpus().length} x ${cpus()[0]?.model ?? 'unknown processor'}\n`);
benchCel();
console.log('\nOne decision, without HTTP (CPU)\n');
// Measures as it is loaded, as it does when run by itself.
await import('./decide.ts');
await benchWebhook();
await benchTelling();
console.log('\nAudit of files, in a process of its own\n');
await benchAudit();
console.log('\nThe page of a report\n');
await benchPage();
