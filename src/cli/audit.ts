/** `tidegate audit`: paths and flags in, report out, exit code. */
import { type Command, Option } from 'commander';
import { audit } from '../audit/audit.ts';
import { readManifests } from '../audit/manifests.ts';
import { FORMATS } from '../report/formats.ts';
import type { Report } from '../report/report.ts';
import { type JudgingFlags, judgingCommand, loadJudging, nothingIn, openInputs } from './judging.ts';
import { screenOf } from './terminal.ts';

export interface AuditFlags extends JudgingFlags {
  readonly output: string;
  readonly failOn: FailOn;
}

export type FailOn = 'deny' | 'warn' | 'audit';

const HELP = `
Exit code: 0 nothing found, 1 findings at or above --fail-on, 2 something could not be read or judged.

Examples:
  tidegate audit deploy/
  helm template ./chart | tidegate audit -
  kustomize build . | tidegate audit - --fail-on warn --output json`;

/** `audit`; `exit` gets the exit code once the report is written. */
export function auditCommand(exit: (code: number) => void): Command {
  return judgingCommand('audit')
    .addOption(new Option('--output <format>', 'format of the report').choices(Object.keys(FORMATS)).default('table'))
    .addOption(new Option('--fail-on <level>', 'least finding that fails').choices(Object.keys(LEVELS)).default('deny'))
    .addHelpText('after', HELP)
    .action(async (paths: readonly string[], flags: AuditFlags) => exit(await auditPaths(paths, flags)));
}

async function auditPaths(paths: readonly string[], flags: AuditFlags): Promise<number> {
  const judging = loadJudging(flags);
  if (!judging) return 2;
  const { inputs, problems } = await openInputs(paths);
  const manifests = readManifests(inputs);
  if (problems.length + manifests.manifests.length + manifests.problems.length === 0) problems.push(nothingIn(paths));
  const report = audit(manifests, judging.selected, {
    problems: [...judging.problems, ...problems],
    exceptions: judging.exceptions,
    now: Date.now(),
  });
  const render = FORMATS[flags.output];
  process.stdout.write(render?.(report, screenOf(process.stdout, process.env, flags.color)) ?? '');
  return exitCode(report, flags.failOn);
}

const LEVELS: Readonly<Record<FailOn, readonly (keyof Report['counts'])[]>> = {
  deny: ['deny'],
  warn: ['deny', 'warn'],
  audit: ['deny', 'warn', 'audit'],
};

/** What could not be judged weighs more than what was found: the report is not complete. */
export function exitCode({ counts }: Report, failOn: FailOn): 0 | 1 | 2 {
  if (counts.problems + counts.failures > 0) return 2;
  return LEVELS[failOn].some((level) => counts[level] > 0) ? 1 : 0;
}
