import { readFileSync } from 'node:fs';
import { sectionOf, specTests } from './conformance.ts';

function read<T>(file: string): T {
  return JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8'));
}

const kubernetes = read<Readonly<Record<string, '*' | readonly string[]>>>('golden/conformance.json');

/** True for a test that passes in the environment of the API server, as `test/oracle` found out. */
export function passesInKubernetes(id: string): boolean {
  const section = sectionOf(id);
  const names = kubernetes[section];
  return names === '*' || names?.includes(id.slice(section.length + 1)) === true;
}

/** Why each of the other tests does not pass there: reason -> names; `section/*` means every test of the section. */
export const reasons = read<Readonly<Record<string, readonly string[]>>>('conformance-exceptions.json');

/** The names of the tests that a reason stands for; a name that no test has stands for none. */
export function testsOf(reason: string): readonly string[] {
  const listed = new Set(reasons[reason]);
  const ids = specTests().map(({ id }) => id);
  return ids.filter((id) => listed.has(id) || listed.has(`${sectionOf(id)}/*`));
}
