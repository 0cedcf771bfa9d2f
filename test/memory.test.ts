/** What a reload leaves behind, where policies are read and compiled anew each time they change, and what requests do. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { literalRegex, type Regex } from '../src/cel/regex.ts';
import { decide } from '../src/engine/decide.ts';
import { secretLines } from '../src/engine/library/credential.ts';
import { mutate } from '../src/engine/mutate.ts';
import { jsonPatch, mutating, mutatingBinding, nativeSet, validating, validatingBinding } from './support/native.ts';
import { contextOf, pod, policy, requestOf, setOf } from './support/policies.ts';

const REQUEST = requestOf(pod([{ name: 'web', image: 'web:1' }]));

/** Each round's policies are new ones: what is remembered by their text is remembered too. */
const RELOADS: Readonly<Record<string, (round: number) => void>> = {
  'policies of ours': (round) => {
    const parameters = { $id: `reload-${round}`, properties: { size: { type: 'integer', default: round } } };
    const validations = [{ expression: `object.metadata.name.matches('^a${round}$')`, message: 'no' }];
    decide(setOf([policy(`p${round}`, { subject: 'PodTemplate', parameters, validations })]), REQUEST, contextOf());
  },
  'native policies': (round) => {
    const validations = [{ expression: `object.metadata.name.matches('^a${round}$')` }];
    const patch = jsonPatch(`[JSONPatch{op: 'add', path: '/metadata/labels', value: {'round': '${round}'}}]`);
    const documents = [
      validating(`v${round}`, { validations }),
      validatingBinding(`v${round}`, `v${round}`),
      mutating(`m${round}`, [patch]),
      mutatingBinding(`m${round}`, `m${round}`),
    ];
    const set = nativeSet(documents);
    decide(set, REQUEST, contextOf());
    mutate(set, REQUEST, contextOf());
  },
};

const WARM_UP = 100;
const ROUNDS = 300;

describe('a reload leaves nothing behind', () => {
  it.each(Object.entries(RELOADS))('%s', (_, reload) => {
    for (let round = 0; round < WARM_UP; round += 1) reload(round);
    const before = bytesInUse();
    for (let round = WARM_UP; round < WARM_UP + ROUNDS; round += 1) reload(round);
    // A compiled policy is some 100 kB; what remains is noise of the runtime.
    expect((bytesInUse() - before) / ROUNDS).toBeLessThan(10_000);
  });
});

it('a name that is remembered keeps no text in memory that it was cut from', () => {
  const [names, except] = ['(?i)password', '_file'].map((pattern) => literalRegex(pattern) as Regex) as [Regex, Regex];
  const before = bytesInUse();
  for (let round = 0; round < 50; round += 1) {
    const text = Buffer.from(`database_password_${round}: letmein${round}\n${'x'.repeat(1_000_000)}`).toString();
    expect(secretLines(text, names, except)).toEqual([`database_password_${round}`]);
  }
  expect(bytesInUse() - before).toBeLessThan(10_000_000);
});

function bytesInUse(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  return process.memoryUsage().heapUsed;
}
