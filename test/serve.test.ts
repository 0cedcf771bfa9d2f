/** `tidegate serve` as a process: what it says, what it answers, and how it ends. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { badReview, goodReview, UID } from './bench/review.ts';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));

let folder: string;
let children: ChildProcess[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidegate-serve-'));
  children = [];
});

afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  await rm(folder, { recursive: true });
});

interface Served {
  readonly child: ChildProcess;
  readonly port: number;
  readonly greeting: string;
  /** Lines of the log after the greeting, so far. */
  readonly log: readonly string[];
}

function run(...args: readonly string[]): ChildProcess {
  const child = spawn(process.execPath, [MAIN, 'serve', '--host', '127.0.0.1', '--cert-dir', folder, ...args], {
    cwd: folder,
    env: { PATH: process.env['PATH'] },
  });
  children.push(child);
  return child;
}

async function serve(...args: readonly string[]): Promise<Served> {
  const child = run('--port', '0', ...args);
  const log: string[] = [];
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
  const greeting = await new Promise<string>((resolve, reject) => {
    lines.once('line', (line) => {
      lines.on('line', (later) => log.push(later));
      resolve(line);
    });
    refused(child).then(({ says }) => reject(new Error(`it did not start: ${says}`)), reject);
  });
  return { child, greeting, log, port: Number(/:(\d+),/.exec(greeting)?.[1]) };
}

async function ask(port: number, path: string, body?: string): Promise<{ status: number | undefined; body: string }> {
  const ca = await readFile(join(folder, 'ca.crt'), 'utf8');
  return new Promise((resolve, reject) => {
    const method = body === undefined ? 'GET' : 'POST';
    const headers = { 'content-type': 'application/json' };
    const outgoing = request({ host: 'localhost', family: 4, port, path, method, ca, headers, agent: false });
    outgoing.on('response', (incoming) => {
      let text = '';
      incoming.setEncoding('utf8').on('data', (chunk) => {
        text += chunk;
      });
      incoming.on('end', () => resolve({ status: incoming.statusCode, body: text }));
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

async function refused(child: ChildProcess): Promise<{ code: number; says: string }> {
  let says = '';
  child.stderr?.on('data', (chunk) => {
    says += chunk;
  });
  const [code] = await once(child, 'close');
  return { code, says };
}

describe('tidegate serve', () => {
  it('greets when it is ready, judges and mutates, and ends properly', async () => {
    const { child, greeting, log, port } = await serve();
    expect(greeting).toMatch(
      /^tidegate is ready: https:\/\/127\.0\.0\.1:\d+, \d+ policies \(recommended\), trust ca\.crt$/,
    );
    expect(await ask(port, '/readyz')).toEqual({ status: 200, body: 'ok\n' });

    const denied = JSON.parse((await ask(port, '/validate', badReview())).body).response;
    expect(denied).toMatchObject({ uid: UID, allowed: false, status: { code: 403 } });
    expect(denied.status.message).toContain('✗ require-readiness-probe: Container "web" has no readinessProbe');
    const mutated = JSON.parse((await ask(port, '/mutate', badReview())).body).response;
    expect(Buffer.from(mutated.patch, 'base64').toString()).toContain('preStop');
    const good = JSON.parse((await ask(port, '/validate', goodReview())).body).response;
    expect(good).toMatchObject({ uid: UID, allowed: true });
    expect((await ask(port, '/metrics')).body).toContain(
      'tidegate_findings_total{policy="require-readiness-probe",action="Deny"} 3',
    );

    child.kill('SIGTERM');
    // Not 'exit': the last line of the log may still be on its way.
    const [code] = await once(child, 'close');
    expect(code).toBe(0);
    const facts = log.map((line) => JSON.parse(line));
    expect(facts[0]).toMatchObject({
      uid: UID,
      verdict: 'denied',
      kind: 'Deployment',
      namespace: 'store',
      name: 'shop',
    });
    expect(facts.at(-1)).toMatchObject({ message: 'stopped' });
    expect(log.join()).not.toContain('DATABASE_PASSWORD');
  });

  it('does not start without a policy that was meant to be in force', async () => {
    const policy = join(folder, 'mine.yaml');
    await writeFile(policy, 'apiVersion: tidegate.dev/v1alpha1\nkind: Policy\nmetadata: {name: mine}\nspec: {}\n');
    const { code, says } = await refused(run('--port', '0', '--policies', policy));
    expect(code).toBe(2);
    expect(says).toMatch(/^tidegate cannot start:\n {2}.*mine\.yaml:4:/);
  });

  it('names the address that it cannot have', async () => {
    const { port } = await serve();
    const { code, says } = await refused(run('--port', String(port)));
    expect([code, says]).toEqual([
      2,
      expect.stringMatching(new RegExp(`^tidegate cannot start:\n {2}127\\.0\\.0\\.1:${port}: .*in use`)),
    ]);
  });

  it('names a certificate that it cannot use', async () => {
    await writeFile(join(folder, 'tls.crt'), 'a certificate without a key');
    const { code, says } = await refused(run('--port', '0'));
    expect([code, says]).toEqual([2, expect.stringContaining('tls.key is missing beside tls.crt')]);
  });

  it('says what an option wants', async () => {
    const { code, says } = await refused(run('--port', 'many'));
    expect([code, says]).toEqual([2, expect.stringContaining('many')]);
  });
});
