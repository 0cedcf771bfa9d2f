/** The policies in `policies/` as folders of files, and the pages that are made from them. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type PolicySource, parsePolicies } from '../../src/policy/parse.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { formatProblem } from '../../src/policy/problem.ts';
import { filesBelow, REPOSITORY, textOf } from './source.ts';

/** The command that writes goldens anew. */
const UPDATE_GOLDENS = 'node src/main.ts test --update policies';

export const HEADINGS: readonly string[] = [
  '## Why it matters',
  '## How to fix',
  '## When not to use it',
  '## Parameters',
];

/** The folders of the pack, sorted. */
export function policyIds(): readonly string[] {
  return readdirSync(join(REPOSITORY, 'policies')).sort();
}

/** The one policy of a folder; throws where the file is not exactly that. */
export function sourceOf(id: string): PolicySource {
  const file = `policies/${id}/policy.yaml`;
  const { sources, problems } = parsePolicies(textOf(file), file);
  const [source] = sources;
  if (problems.length > 0) throw new Error(problems.map(formatProblem).join('\n'));
  if (source === undefined || sources.length > 1)
    throw new Error(`${file}: must hold one policy, holds ${sources.length}`);
  return source;
}

/** What a policy's folder lacks, and what is in it that nothing reads; each line says how to repair it. */
export function folderProblems(id: string, policy: Policy): readonly string[] {
  const files = new Set(filesBelow(`policies/${id}`).map((path) => path.slice(`policies/${id}/`.length)));
  const wanted = policy.spec.mutations ? ['mutate'] : ['good', 'bad'];
  const lacking = ['policy.yaml', 'README.md']
    .filter((file) => !files.has(file))
    .map((file) => `${file} is missing: write it`);
  const empty = wanted
    .filter((kind) => ![...files].some((file) => isCase(file, kind)))
    .map((kind) => `${kind}/ has no case: write one`);
  return [...lacking, ...empty, ...[...files].flatMap((file) => fileProblems(file, files, wanted, id))];
}

function isCase(file: string, kind: string): boolean {
  return file.startsWith(`${kind}/`) && file.endsWith(kind === 'mutate' ? '.before.yaml' : '.yaml');
}

/** `good/missing.old.yaml` -> folder good, name missing, part old.yaml */
const FIXTURE =
  /^(?<folder>good|bad|mutate)\/(?<name>[a-z0-9-]+)\.(?<part>yaml|txt|old\.yaml|before\.yaml|after\.yaml)$/;

const PARTS: Readonly<Record<string, readonly string[]>> = {
  good: ['yaml', 'old.yaml'],
  bad: ['yaml', 'old.yaml', 'txt'],
  mutate: ['before.yaml', 'old.yaml', 'after.yaml'],
};

function fileProblems(
  file: string,
  files: ReadonlySet<string>,
  wanted: readonly string[],
  id: string,
): readonly string[] {
  if (file === 'policy.yaml' || file === 'README.md') return [];
  const { folder = '', name = '', part = '' } = FIXTURE.exec(file)?.groups ?? {};
  const parts = wanted.includes(folder) ? (PARTS[folder] ?? []) : [];
  const [source = ''] = parts;
  if (!parts.includes(part)) return [`${file} is no part of a policy: remove it`];
  if (!files.has(`${folder}/${name}.${source}`)) return [`${file} has no ${folder}/${name}.${source}: remove it`];
  const golden = parts[2];
  if (part !== source || golden === undefined || files.has(`${folder}/${name}.${golden}`)) return [];
  return [`${file} has no ${folder}/${name}.${golden}: run ${UPDATE_GOLDENS}/${id}, and read what it wrote`];
}

/** The page with its parameter table as the policy has it. */
export function readmeOf(id: string, policy: Policy): string {
  const page = textOf(`policies/${id}/README.md`);
  const [human = ''] = page.split('\n## Parameters\n');
  return `${human}\n## Parameters\n\n${parameterTable(policy)}\n`;
}

function parameterTable({ spec }: Policy): string {
  const properties = Object.entries((spec.parameters?.['properties'] ?? {}) as unknown as Record<string, Parameter>);
  if (properties.length === 0) return 'None.';
  const rows = properties.map(
    ([name, { description, default: value }]) =>
      `| \`${name}\` | \`${cell(JSON.stringify(value))}\` | ${cell(description)} |`,
  );
  return ['| name | default | meaning |', '| --- | --- | --- |', ...rows].join('\n');
}

interface Parameter {
  readonly description: string;
  readonly default: unknown;
}

/** The page with its index as the policies have it: by category, then by id. */
export function indexPage(policies: readonly Policy[]): string {
  const rows = policies
    .toSorted((a, b) => compare(a.spec.category, b.spec.category) || compare(a.metadata.name, b.metadata.name))
    .map(indexRow);
  const table = ['| category | id | what | severity | by default |', '| --- | --- | --- | --- | --- |', ...rows].join(
    '\n',
  );
  return textOf('docs/policies.md').replace(
    /(<!-- index:.*-->\n)[\s\S]*(<!-- end of index -->)/,
    (_, start: string, end: string) => `${start}\n${table}\n\n${end}`,
  );
}

function indexRow({ metadata: { name }, spec }: Policy): string {
  const link = `[\`${name}\`](../policies/${name}/README.md)`;
  return `| ${spec.category} | ${link} | ${cell(spec.title)} | ${spec.severity} | ${spec.enforcement?.action ?? ''} |`;
}

function cell(text: string): string {
  return text.trim().replaceAll('|', '\\|');
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
