import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, it } from 'vitest';
import { EMPTY_PARTS, EXAMPLE } from '../../test/support/report-example.ts';
import { jsonParts, renderJson } from './json.ts';
import { makeReport } from './report.ts';

const schema = JSON.parse(readFileSync(new URL('../../docs/report.schema.json', import.meta.url), 'utf8')) as object;
const validate = new Ajv2020({ strict: true, allErrors: true }).compile(schema);

it.each([
  ['with everything in it', EXAMPLE],
  ['with nothing in it', makeReport(EMPTY_PARTS)],
])('a report %s is as its schema says', (_what, report) => {
  validate(JSON.parse(renderJson(report)));
  expect(validate.errors ?? []).toEqual([]);
});

it('writes paths as people do, and the numbers of the summary', () => {
  const document = JSON.parse(renderJson(EXAMPLE));
  expect(document.objects[1].findings[0].path).toBe('spec.template.spec.containers[0].readinessProbe');
  expect(document.summary).toMatchObject({ deny: 1, warn: 1, audit: 1, changes: 2, failures: 1, notJudged: 1 });
});

it.each([
  ['none', 0],
  ['one', 1],
  ['a thousand', 1000],
])('is the same as if written at once, with %s of objects', (_what, copies) => {
  const objects = Array.from({ length: copies }, () => EXAMPLE.objects).flat();
  const text = renderJson({ ...EXAMPLE, objects });
  expect(text).toBe(`${JSON.stringify(JSON.parse(text), null, 2)}\n`);
  const parts = [...jsonParts({ ...EXAMPLE, objects })];
  expect(parts.length > 1).toBe(copies === 1000);
  expect(Math.max(...parts.map(({ length }) => length))).toBeLessThan(500_000);
});

it('is read as what it was made of, whatever texts hold', () => {
  const name = 'a\u202Eb\u2028\u0085\u{1F600}\u001B"';
  const objects = EXAMPLE.objects.map((object) => ({ ...object, name }));
  expect(JSON.parse(renderJson(makeReport({ ...EMPTY_PARTS, objects }))).objects[0].name).toBe(name);
});
