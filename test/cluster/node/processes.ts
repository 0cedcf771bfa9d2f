/** The processes of a pod of ours, as this machine sees them: they have its name in their environment. */
import { readdir, readFile } from 'node:fs/promises';

/** Their process ids; rejects where none runs on this machine. */
export async function processesOf(pod: string): Promise<readonly number[]> {
  const found: number[] = [];
  for (const entry of await readdir('/proc')) {
    const environment = await readFile(`/proc/${entry}/environ`, 'latin1').catch(() => '');
    if (environment.split('\0').includes(`TIDEGATE_POD=${pod}`)) found.push(Number(entry));
  }
  if (found.length === 0) throw new Error(`no process of pod ${pod} runs here`);
  return found;
}
