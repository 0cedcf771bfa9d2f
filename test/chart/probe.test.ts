/** What `helm test` runs in its Pod, against the product in a process of its own. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../cluster/process.ts';
import { startTidegate, type Tidegate } from '../cluster/tidegate.ts';
import { runProgram } from '../support/program.ts';
import { REPOSITORY } from '../support/source.ts';

const PROBE = join(REPOSITORY, 'charts/tidegate/probe/probe.mjs');

describe('the probe of helm test', () => {
  let strict: Tidegate;
  let lenient: Tidegate;

  beforeAll(async () => {
    [strict, lenient] = await Promise.all([startTidegate(), startTidegate({ settings: { profile: 'baseline' } })]);
  });

  afterAll(async () => {
    await Promise.all([strict?.running.stop(), lenient?.running.stop()]);
  });

  const probe = async ({ port, ca }: Tidegate, denies: boolean, authority = ca) => {
    const file = join(await temporaryFolder('probe'), 'ca.crt');
    await writeFile(file, authority);
    const env = { ...process.env, URL: `https://localhost:${port}`, CA: file, DENIES: String(denies) };
    const { code, stdout, stderr } = await runProgram(process.execPath, [PROBE], { env });
    return { ok: code === 0, said: stdout + stderr };
  };

  it('passes where a privileged Pod is refused', async () => {
    const { ok, said } = await probe(strict, true);
    expect([ok, said]).toEqual([true, expect.stringContaining('a privileged Pod is refused: ')]);
  });

  it('fails where the Pod is let through, unless the settings say so', async () => {
    expect(await probe(lenient, true)).toEqual({ ok: false, said: expect.stringContaining('was let through') });
    expect(await probe(lenient, false)).toEqual({ ok: true, said: expect.stringContaining('let through, as the') });
  });

  it('fails on a certificate of somebody else', async () => {
    const { ok, said } = await probe(strict, true, lenient.ca);
    expect([ok, /certificate|issuer|signature/i.test(said)]).toEqual([false, true]);
  });
});
