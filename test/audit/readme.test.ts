import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const README = join(ROOT, 'README.md');
const SESSION = /(?<=<!-- demo: .*? -->\n```text\n)[\s\S]*?(?=```\n<!-- end of demo -->)/;

/** The demo on a screen of 100 columns. */
function session(): string {
  const env = { PATH: process.env['PATH'], COLUMNS: '100' };
  const run = spawnSync(process.execPath, [join(ROOT, 'src/main.ts'), 'demo'], { cwd: ROOT, encoding: 'utf8', env });
  expect(run.stderr).toBe('');
  return run.stdout;
}

/** Without what differs from run to run. */
function lasting(text: string): string {
  return text.replace(/127\.0\.0\.1:\d+/, '').replaceAll(/ +\d+\.\d ms$/gm, '');
}

it('README.md shows what npm start prints; `npx vitest run test/audit/readme.test.ts --update` writes it anew', async () => {
  const readme = readFileSync(README, 'utf8');
  const shown = SESSION.exec(readme)?.[0] ?? '';
  const now = session();
  const current = lasting(now) === lasting(shown) ? readme : readme.replace(SESSION, () => now);
  await expect(current).toMatchFileSnapshot(README);
  expect(now).toContain('is mutated, and then allowed');
});
