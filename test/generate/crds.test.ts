/** The CustomResourceDefinitions of the chart are those of the schemas, and say what each field is for. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { REPOSITORY } from '../support/source.ts';
import { definitions } from './crds.ts';

const FOLDER = join(REPOSITORY, 'charts', 'tidegate', 'crds');
const REPAIR = 'out of date: npm run generate:crds';

interface Schema {
  readonly description?: string;
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly additionalProperties?: Schema;
}

describe.each([...definitions()])('crds/%s', (file, text) => {
  const root: Schema = parse(text).spec.versions[0].schema.openAPIV3Schema;

  it('is as it would be made now', () => {
    expect(readFileSync(join(FOLDER, file), 'utf8') === text, REPAIR).toBe(true);
  });

  it('describes every field, for kubectl explain', () => {
    const { spec, status } = root.properties ?? {};
    const mute = [...fields('spec', spec), ...fields('status', status)].filter(([, field]) => !field.description);
    expect(mute.map(([path]) => path)).toEqual([]);
  });

  it('has none of what a structural schema may not have', () => {
    expect(text).not.toMatch(/^\s*("?\$ref"?|const|oneOf|anyOf|allOf|additionalProperties: false|default):/m);
  });
});

it('has no other file', () => {
  expect(readdirSync(FOLDER).sort(), REPAIR).toEqual([...definitions().keys()].sort());
});

/** All below a field, and itself; items of lists and maps have no description of their own. */
function* fields(path: string, field: Schema = {}): Generator<readonly [string, Schema]> {
  yield [path, field];
  const inner = field.items ?? field.additionalProperties ?? field;
  for (const [name, one] of Object.entries({ ...inner.properties, ...field.properties })) {
    yield* fields(`${path}.${name}`, one);
  }
}
