/** Other tools that judge manifests, as far as they are on the PATH: time and memory on the same files as ours, in turn. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { median } from './median.ts';
import { table } from './table.ts';

interface Auditor {
  readonly name: string;
  /** How many checks or policies it goes by here. */
  readonly checks: string;
  readonly command: (files: readonly string[]) => readonly string[];
}

const policyFile = (tool: string): string => fileURLToPath(new URL(`./auditors/${tool}.yaml`, import.meta.url));
const each = (flag: string, files: readonly string[]): readonly string[] => files.flatMap((file) => [flag, file]);

const OTHERS: readonly Auditor[] = [
  { name: 'kube-linter', checks: 'its own', command: (files) => ['kube-linter', 'lint', ...files] },
  { name: 'kube-score', checks: 'its own', command: (files) => ['kube-score', 'score', ...files] },
  {
    name: 'polaris',
    checks: 'its own',
    command: (files) => ['polaris', 'audit', '--format', 'score', ...each('--audit-path', files)],
  },
  {
    name: 'kyverno',
    checks: '1',
    command: (files) => ['kyverno', 'apply', policyFile('kyverno'), ...each('--resource', files)],
  },
  {
    name: 'gator',
    checks: '1',
    command: (files) => ['gator', 'test', '-f', policyFile('gator'), ...each('-f', files)],
  },
];

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const OURS: Auditor = {
  name: 'tidegate',
  checks: 'all',
  command: (files) => [process.execPath, MAIN, 'audit', ...files],
};

/** Files to judge, and how often: more often, the less there is of them. */
export interface Corpus {
  readonly name: string;
  readonly files: readonly string[];
  readonly runs: number;
}

/** Prints a row for each tool that is there, and a line that names those that are not. */
export async function compareAuditors(corpora: readonly Corpus[]): Promise<void> {
  const there = OTHERS.filter(({ name }) => spawnSync(name, ['--help'], { stdio: 'ignore' }).error === undefined);
  const missing = OTHERS.filter((one) => !there.includes(one)).map(({ name }) => name);
  if (missing.length > 0) console.log(`\n  (not on the PATH, so not compared: ${missing.join(', ')})`);
  if (there.length === 0) return;
  const [small = { name: '', files: [], runs: 0 }] = corpora;
  const refused = new Set(there.flatMap((tool) => refusedBy(tool, small.files)));
  if (refused.size > 0)
    console.log(`\n  (without ${refused.size} of ${small.files.length} files, which a tool refuses)`);
  // Each copy has its files in the same order.
  const wanted = (_: string, at: number): boolean => !refused.has(small.files[at % small.files.length] as string);
  const rows: string[][] = [[OURS, ...there].map(({ name, checks }) => `${name} (${checks})`)];
  for (const { files, runs } of corpora) rows.push(...(await columnsOf([OURS, ...there], files.filter(wanted), runs)));
  const heads = ['tool (policies)', ...corpora.flatMap(({ name }) => [`${name} s`, 'MB', 'times ours'])];
  console.log(`\n${table([heads, ...transposed(rows)])}`);
}

interface Measured {
  readonly seconds: number;
  readonly megabytes: number;
}

/** Seconds, megabytes and the ratio of seconds to ours, for each tool; ours is the first. */
async function columnsOf(tools: readonly Auditor[], files: readonly string[], runs: number): Promise<string[][]> {
  const measured = new Map<Auditor, Measured[]>(tools.map((tool) => [tool, []]));
  for (let run = 0; run < runs; run++)
    for (const [tool, results] of measured) results.push(await measure(tool.command(files)));
  const medians = [...measured.values()].map((results) => ({
    seconds: median(results.map(({ seconds }) => seconds)),
    megabytes: median(results.map(({ megabytes }) => megabytes)),
  }));
  const ours = medians[0]?.seconds ?? Number.NaN;
  return [
    medians.map(({ seconds }) => seconds.toFixed(2)),
    medians.map(({ megabytes }) => megabytes.toFixed(0)),
    medians.map(({ seconds }) => (seconds / ours).toFixed(2)),
  ];
}

// Short against every run, and too rare to slow one down.
const LOOK_MS = 20;

async function measure([program = '', ...args]: readonly string[]): Promise<Measured> {
  const began = performance.now();
  const child = spawn(program, args, { stdio: 'ignore' });
  let megabytes = 0;
  const look = setInterval(() => {
    megabytes = Math.max(megabytes, peakMemory(child.pid));
  }, LOOK_MS);
  await once(child, 'exit');
  clearInterval(look);
  return { seconds: (performance.now() - began) / 1000, megabytes };
}

/** The most memory that a process has had so far; 0 where nobody says. */
function peakMemory(pid: number | undefined): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

/** Some tools judge nothing at all where they cannot read one file of many: those that they will not have, found by halves. */
function refusedBy(tool: Auditor, files: readonly string[]): readonly string[] {
  const [program = '', ...args] = tool.command(files);
  const { stderr } = spawnSync(program, args, {
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  if (!/^(?:Failed to|panic:)/m.test(stderr)) return [];
  if (files.length === 1) return files;
  const half = files.length >> 1;
  return [...refusedBy(tool, files.slice(0, half)), ...refusedBy(tool, files.slice(half))];
}

function transposed(columns: readonly (readonly string[])[]): string[][] {
  return (columns[0] ?? []).map((_, row) => columns.map((column) => column[row] ?? ''));
}
