/**
 * `tidegate audit` over 1, 10 and 100 times the same manifests: time and memory. Each copy is in namespaces of its own; one
 * row is of 10 copies in one namespace, where whatever goes through all objects for each of them would show.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { findFiles, readFiles } from '../../src/audit/files.ts';
import { type Manifest, readManifests } from '../../src/audit/manifests.ts';
import type { JsonMap } from '../../src/cel/value.ts';
import { compareAuditors } from './auditors.ts';
import { QUICK } from './effort.ts';
import { table } from './table.ts';

const REALWORLD = fileURLToPath(new URL('../../../shared/corpus/realworld', import.meta.url));
const EXAMPLES = fileURLToPath(new URL('../../docs/examples', import.meta.url));
const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const COPIES = QUICK ? [1, 10] : [1, 10, 100];
// At the end of the process: microseconds of CPU, and the most memory that it ever had.
const MEASURE = `data:text/javascript,${encodeURIComponent(
  "process.on('exit',()=>{const {userCPUTime,systemCPUTime,maxRSS}=process.resourceUsage();process.stderr.write('\\n'+JSON.stringify({cpu:userCPUTime+systemCPUTime,maxRSS})+'\\n')})",
)}`;

interface Run {
  readonly name: string;
  readonly objects: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly megabytes: number;
}

/** Prints a row for each number of copies, what one object costs more in the largest run, and how long other tools take. */
export async function benchAudit(): Promise<void> {
  const source = existsSync(REALWORLD) ? REALWORLD : EXAMPLES;
  if (source === EXAMPLES) console.log(`  (no ${relative(process.cwd(), REALWORLD)}: docs/examples instead)`);
  const { manifests } = readManifests(readFiles(findFiles([source]).files, []));
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-bench-audit-'));
  try {
    const runs = COPIES.map((copies) => auditCopies(manifests, copies, join(folder, String(copies)), apart));
    const crowd = { ...auditCopies(manifests, 10, join(folder, 'crowd'), together), name: '10x in one namespace' };
    const rows = [...runs.slice(0, 2), crowd, ...runs.slice(2)].map((run) => [
      run.name,
      String(run.objects),
      run.seconds.toFixed(1),
      run.cpuSeconds.toFixed(1),
      (run.objects / run.seconds).toFixed(0),
      run.megabytes.toFixed(0),
    ]);
    console.log(table([['copies', 'objects', 'seconds', 'CPU-s', 'objects/s', 'MB at most'], ...rows]));
    const [small, large] = [runs[1], runs[2]];
    if (small && large) console.log(`\n  an object of 100x costs ${ratio(large, small)} of one of 10x`);
    const filesOf = (copies: number): readonly string[] => findFiles([join(folder, String(copies))]).files;
    await compareAuditors([
      { name: '1x', files: filesOf(1), runs: 3 },
      { name: '10x', files: filesOf(10), runs: 1 },
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function ratio(large: Run, small: Run): string {
  return (large.cpuSeconds / large.objects / (small.cpuSeconds / small.objects)).toFixed(2);
}

function auditCopies(manifests: readonly Manifest[], copies: number, folder: string, rename: Rename): Run {
  for (let copy = 0; copy < copies; copy++) writeCopy(manifests, join(folder, `copy-${copy}`), rename(copy));
  const began = performance.now();
  const args = ['--import', MEASURE, MAIN, 'audit', folder, '--output', 'json'];
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', maxBuffer: 2 ** 30 });
  const seconds = (performance.now() - began) / 1000;
  const { cpu, maxRSS } = JSON.parse(stderr.trim().split('\n').at(-1) ?? '') as { cpu: number; maxRSS: number };
  const { summary } = JSON.parse(stdout) as { readonly summary: { readonly objects: number } };
  return { name: `${copies}x`, objects: summary.objects, seconds, cpuSeconds: cpu / 1e6, megabytes: maxRSS / 1024 };
}

/** One file for each file that was read, as people keep them. */
function writeCopy(manifests: readonly Manifest[], folder: string, place: ReturnType<Rename>): void {
  mkdirSync(folder, { recursive: true });
  const files = [...Map.groupBy(manifests, ({ file }) => file).values()];
  for (const [index, members] of files.entries()) {
    const text = members.map(({ object, metadata }) =>
      stringify({ ...object, metadata: { ...metadata, ...place(metadata) } }, { aliasDuplicateObjects: false }),
    );
    writeFileSync(join(folder, `${index}.yaml`), text.join('---\n'));
  }
}

/** Of a copy, where its objects are and what they are called. */
type Rename = (copy: number) => (metadata: JsonMap) => JsonMap;

const apart: Rename = (copy) => (metadata) => ({ namespace: `${String(metadata['namespace'] ?? 'default')}-${copy}` });

const together: Rename = (copy) => (metadata) => ({ namespace: 'crowd', name: `${String(metadata['name'])}-${copy}` });

if (import.meta.main) await benchAudit();
