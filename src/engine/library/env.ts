/** Environment variables of containers, found by their names. */
import type { FunctionDeclaration } from '../../cel/function.ts';
import { computedRegex, type Regex } from '../../cel/regex.ts';
import { DYN, list, STRING } from '../../cel/type.ts';
import { Boxed, CelError, isMap, type JsonMap, type Value } from '../../cel/value.ts';

/** `env(containers, names)`: see `envNamed`. */
export const ENV_FUNCTIONS: readonly FunctionDeclaration[] = [
  {
    name: 'env',
    overloads: [
      {
        id: 'tidegate_env_list_string',
        parameters: [list(DYN), STRING],
        result: list(DYN),
        call: (containers, names) => {
          const regex = computedRegex(String(names));
          return regex instanceof CelError ? regex : envNamed(containers as readonly Value[], regex);
        },
        cost: ([containers]) => entriesOf(containers as readonly Value[]).length + 1,
      },
    ],
  },
];

/** The entries of `env` whose name has a match, in order: the very objects of the containers. */
export function envNamed(containers: readonly Value[], names: Regex): JsonMap[] {
  return entriesOf(containers).filter(({ name }) => typeof name === 'string' && isNamed(name, names));
}

/** All entries of `env` of these containers. */
export function entriesOf(containers: readonly Value[]): JsonMap[] {
  const entries: JsonMap[] = [];
  for (const container of containers) {
    const env = asMap(container)['env'];
    if (Array.isArray(env)) for (const entry of env) if (isPlainMap(entry)) entries.push(entry);
  }
  return entries;
}

/** The value as a map; an empty one for anything else. */
export function asMap(value: Value | undefined): JsonMap {
  return isPlainMap(value) ? value : {};
}

function isPlainMap(value: Value | undefined): value is JsonMap {
  return value !== undefined && isMap(value) && !(value instanceof Boxed);
}

// The same few names are asked about on every request, and a search takes several times as long as a look into a map.
const ANSWERS = new WeakMap<Regex, Map<string, boolean>>();
const MOST_ANSWERS = 1_000;
const LONGEST_NAME = 100;

/** Whether the name has a match. */
export function isNamed(name: string, names: Regex): boolean {
  const answers = answersOf(names);
  const known = answers.get(name);
  if (known !== undefined) return known;
  const answer = names.test(name);
  if (name.length <= LONGEST_NAME) answers.set(copyOf(name), answer);
  return answer;
}

function answersOf(names: Regex): Map<string, boolean> {
  const known = ANSWERS.get(names);
  if (known !== undefined && known.size < MOST_ANSWERS) return known;
  const answers = new Map<string, boolean>();
  ANSWERS.set(names, answers);
  return answers;
}

// A name that was cut out of a text keeps that whole text in memory.
function copyOf(name: string): string {
  return Buffer.from(name, 'utf16le').toString('utf16le');
}
