/** `tidegate fix`: the fixes of findings, shown as a diff or written into the files. */
import { type Command, Option } from 'commander';
import type { Input } from '../audit/manifests.ts';
import type { Finding } from '../engine/decision.ts';
import { type Fixed, type FixTask, fix } from '../fix/fix.ts';
import { fixReport } from '../fix/summary.ts';
import { writeChange } from '../fix/write.ts';
import type { Problem } from '../policy/problem.ts';
import type { FixReport } from '../report/fix-report.ts';
import { type FixMode, renderFixes, renderPatch } from '../report/fix-table.ts';
import { type JudgingFlags, judgingCommand, loadJudging, nothingIn, openInputs } from './judging.ts';
import { screenOf } from './terminal.ts';

interface FixFlags extends JudgingFlags {
  readonly write?: true;
  readonly mutations?: true;
  readonly templates?: true;
  readonly level: Level;
}

type Level = 'deny' | 'warn' | 'audit';

const LEVELS: Readonly<Record<Level, readonly Finding['action'][]>> = {
  deny: ['Deny'],
  warn: ['Deny', 'Warn'],
  audit: ['Deny', 'Warn', 'Audit'],
};

const HELP = `
The diff goes to standard output, all else to standard error. Every fix has been applied and judged again by all policies.
Exit code: 0 nothing to fix, or fixed; 1 something would change; 2 something could not be read or written.

Examples:
  tidegate fix deploy/
  tidegate fix deploy/ --write
  helm template ./chart | tidegate fix - > deploy.yaml`;

/** `fix`; `exit` gets the exit code once everything is written. */
export function fixCommand(exit: (code: number) => void): Command {
  return judgingCommand('fix')
    .option('--write', 'write the fixes into the files')
    .option('--mutations', 'also what the webhook would set at admission')
    .option('--templates', 'mark what is left for a person, as comments to fill in')
    .addOption(new Option('--level <level>', 'least finding to fix').choices(Object.keys(LEVELS)).default('warn'))
    .addHelpText('after', HELP)
    .action(async (paths: readonly string[], flags: FixFlags) => exit(await fixPaths(paths, flags)));
}

async function fixPaths(paths: readonly string[], flags: FixFlags): Promise<number> {
  const mode: FixMode = paths.includes('-') ? 'print' : flags.write ? 'write' : 'diff';
  if (mode === 'print' && (paths.length > 1 || flags.write)) {
    process.stderr.write('standard input stands alone: tidegate fix - prints the fixed text\n');
    return 2;
  }
  const judging = loadJudging(flags);
  if (!judging) return 2;
  const opened = await openInputs(paths);
  const inputs: readonly Input[] = [...opened.inputs];
  const task = {
    inputs,
    set: judging.set,
    beside: { exceptions: judging.exceptions, now: Date.now() },
    wanted: wantedBy(
      flags,
      judging.selected.policies.map(({ id }) => id),
    ),
    mutations: flags.mutations && judging.selected,
    templates: flags.templates === true,
  };
  const fixed = fix(task);
  if (opened.problems.length === 0 && isEmpty(fixed)) opened.problems.push(nothingIn(paths));
  const report = fixReport(task, fixed, [...judging.problems, ...opened.problems]);
  return finish(report, fixed, mode, flags.color);
}

function wantedBy({ level }: FixFlags, policies: readonly string[]): FixTask['wanted'] {
  const ids = new Set(policies);
  return ({ policy, action }) => (!ids.has(policy) ? 'never' : LEVELS[level].includes(action) ? 'now' : 'later');
}

function isEmpty({ before: { parts } }: Fixed): boolean {
  return parts.judged + parts.problems.length === 0;
}

/** The report without what could not be written, which becomes a problem. */
function withoutFiles(report: FixReport, unwritten: readonly Problem[]): FixReport {
  const isWritten = ({ file }: { readonly file: string }): boolean =>
    !unwritten.some((problem) => problem.file === file);
  const { files, fixed, problems } = report;
  return {
    ...report,
    files: files.filter(isWritten),
    fixed: fixed.filter(isWritten),
    problems: [...problems, ...unwritten],
  };
}

/** Writes what is to be written, says what was done, and gives the exit code. */
function finish(report: FixReport, { after }: Fixed, mode: FixMode, colour: boolean): number {
  const unwritten: Problem[] = mode === 'write' ? report.files.flatMap((change) => writeChange(change) ?? []) : [];
  if (mode === 'diff') process.stdout.write(renderPatch(report, screenOf(process.stdout, process.env, colour)));
  if (mode === 'print') process.stdout.write(after.inputs.map(({ text }) => text).join(''));
  const told = withoutFiles(report, unwritten);
  process.stderr.write(renderFixes(told, mode, screenOf(process.stderr, process.env, colour)));
  if (told.problems.length > 0) return 2;
  return mode === 'diff' && report.files.length > 0 ? 1 : 0;
}
