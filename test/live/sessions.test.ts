/** The sessions that pages show are what the program prints, with a namespace in a file in the place of the cluster. */
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runProgram } from '../support/program.ts';
import { REPOSITORY, textOf } from '../support/source.ts';

const LIVE = 'test/live/shop.yaml';
const SESSION = /(?<=^```text\n)\$ tidegate ([^\n]*)\n[\s\S]*?(?=^```$)/gm;

async function session(command: string): Promise<string> {
  const args = ['src/main.ts', ...command.replace('--cluster', join(REPOSITORY, LIVE)).split(' ')];
  const env = { PATH: process.env['PATH'], COLUMNS: '100' };
  const { stdout, stderr } = await runProgram(process.execPath, [join(REPOSITORY, args[0] ?? ''), ...args.slice(1)], {
    env,
  });
  return `$ tidegate ${command}\n${stdout}${stderr}`;
}

it.each(['docs/drift.md', 'docs/impact.md'])(
  '%s shows what is printed; `npx vitest run test/live --update` writes it anew',
  async (page) => {
    const text = textOf(page);
    const commands = [...text.matchAll(SESSION)].map(([, command = '']) => command);
    expect(commands.length).toBeGreaterThan(1);
    const sessions = await Promise.all(commands.map(session));
    const left = sessions.values();
    await expect(text.replace(SESSION, () => left.next().value ?? '')).toMatchFileSnapshot(join(REPOSITORY, page));
  },
  30_000,
);
