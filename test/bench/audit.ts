/** `tidegate audit` over 1, 10 and 100 times the same manifests, each copy in namespaces of its own: time and memory. */
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
  readonly copies: number;
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
    const runs = COPIES.map((copies) => auditCopies(manifests, copies, join(folder, String(copies))));
    const rows = runs.map((run) => [
      `${run.copies}x`,
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

function auditCopies(manifests: readonly Manifest[], copies: number, folder: string): Run {
  for (let copy = 0; copy < copies; copy++) writeCopy(manifests, copy, join(folder, `copy-${copy}`));
  const began = performance.now();
  const args = ['--import', MEASURE, MAIN, 'audit', folder, '--output', 'json'];
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', maxBuffer: 2 ** 30 });
  const seconds = (performance.now() - began) / 1000;
  const { cpu, maxRSS } = JSON.parse(stderr.trim().split('\n').at(-1) ?? '') as { cpu: number; maxRSS: number };
  const { summary } = JSON.parse(stdout) as { readonly summary: { readonly objects: number } };
  return { copies, objects: summary.objects, seconds, cpuSeconds: cpu / 1e6, megabytes: maxRSS / 1024 };
}

/** One file for each file that was read, as people keep them. */
function writeCopy(manifests: readonly Manifest[], copy: number, folder: string): void {
  mkdirSync(folder, { recursive: true });
  const files = [...Map.groupBy(manifests, ({ file }) => file).values()];
  for (const [index, members] of files.entries()) {
    const text = members.map(({ object, metadata }) =>
      stringify(renamed(object, metadata, copy), { aliasDuplicateObjects: false }),
    );
    writeFileSync(join(folder, `${index}.yaml`), text.join('---\n'));
  }
}

function renamed(object: JsonMap, metadata: JsonMap, copy: number): JsonMap {
  const namespace = `${String(metadata['namespace'] ?? 'default')}-${copy}`;
  return { ...object, metadata: { ...metadata, namespace } };
}

if (import.meta.main) await benchAudit();
