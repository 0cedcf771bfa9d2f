import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { testPolicies } from '../../src/cli/test.ts';
import { HEADINGS } from '../support/policy-pack.ts';
import { writePolicyFolder } from './new-policy.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tidegate-new-policy-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

const textOf = (path: string): string => readFileSync(join(folder, path), 'utf8');

describe('npm run new:policy', () => {
  it.each(['require-team', 'set-team'])('writes a %s that compiles and passes its tests', (id) => {
    expect(writePolicyFolder(id, folder)).toMatchObject({ ok: true });
    const said: string[] = [];
    expect([testPolicies([join(folder, id)], { update: false }, (line) => said.push(line)), said.join('\n')]).toEqual([
      0,
      expect.stringContaining(id),
    ]);
    expect(textOf(`${id}/README.md`).match(/^##? .*$/gm)).toEqual([`# ${id}`, ...HEADINGS]);
  });

  it('has an example that finds and changes something', () => {
    writePolicyFolder('require-team', folder);
    writePolicyFolder('set-team', folder);
    expect(textOf('require-team/bad/absent.txt')).toContain('The Pod has no label "team".');
    expect(textOf('set-team/mutate/absent.after.yaml')).toContain('team: unknown');
  });

  it('writes nothing where there is something, or where the name says nothing', () => {
    writePolicyFolder('require-team', folder);
    expect(writePolicyFolder('require-team', folder)).toEqual({
      ok: false,
      lines: [expect.stringMatching(/ is there already$/)],
    });
    expect(writePolicyFolder('team', folder)).toEqual({
      ok: false,
      lines: [expect.stringMatching(/^"team" is no id of a policy/)],
    });
  });
});
