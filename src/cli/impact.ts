/** `tidegate impact`: what a change of policies would refuse, before it is made. */
import { type Command, Option } from 'commander';
import type { PolicySet } from '../engine/compiled.ts';
import { NO_POLICIES, withAction } from '../impact/change.ts';
import { type Change, impact } from '../impact/impact.ts';
import type { ImpactReport } from '../report/impact-report.ts';
import { renderImpact } from '../report/impact-table.ts';
import { type GivenFlags, givenCommand, openGiven } from './given.ts';
import type { Judging } from './judging.ts';
import { screenOf } from './terminal.ts';
import { wholeNumber } from './whole-number.ts';

interface ImpactFlags extends GivenFlags {
  readonly action?: 'Deny' | 'Warn' | 'Audit' | 'Off';
  readonly profile?: string;
  readonly settings?: string;
  readonly output: 'table' | 'json';
  readonly max?: number;
}

const HELP = `
The change is --action (of all policies, or of those of --policy), --profile or --settings; it is compared with tidegate.yaml,
or with the profile recommended. What is refused already is only counted. Without a change: of all policies, as they are set,
against none.
Exit code: 0 nothing would be refused, 1 something would, 2 something could not be read or judged.

Examples:
  tidegate impact --cluster --action Deny
  tidegate impact --cluster --policy disallow-privileged --action Deny --max 0
  tidegate impact --cluster --profile strict --output json`;

/** `impact`; `exit` gets the exit code once everything is printed. */
export function impactCommand(exit: (code: number) => void): Command {
  return givenCommand('impact')
    .addOption(new Option('--action <action>', 'of the policies').choices(['Deny', 'Warn', 'Audit', 'Off']))
    .addOption(new Option('--output <format>', 'what is printed').choices(['table', 'json']).default('table'))
    .option(
      '--max <n>',
      'so many workloads may be lost: fail only beyond, whatever else is refused',
      wholeNumber('workloads'),
    )
    .addHelpText('after', HELP)
    .action(async (paths: readonly string[], flags: ImpactFlags) => exit(await impactOf(paths, flags)));
}

async function impactOf(paths: readonly string[], flags: ImpactFlags): Promise<number> {
  const opened = await openGiven(paths, flags, ({ selected }) => changed(selected, flags));
  if (!opened) return 2;
  const { given, judging: after, problems } = opened;
  const { profile: _, settings: __, ...unchanged } = flags;
  const before = opened.rejudge(unchanged);
  if (!before) return 2;
  const beside = { problems, exceptions: after.exceptions, now: Date.now() };
  const report = impact(given, changeOf(before, after, flags), beside);
  process.stdout.write(
    flags.output === 'json'
      ? `${JSON.stringify(report, null, 2)}\n`
      : renderImpact(report, screenOf(process.stdout, process.env, flags.color)),
  );
  return exitCode(report, flags.max);
}

/** As a person says it; undefined where nothing is to change. */
function wordsOf({ action, profile, settings, policy }: ImpactFlags): string | undefined {
  const parts = [
    ...(settings === undefined ? [] : [`the settings of ${settings}`]),
    ...(profile === undefined ? [] : [`profile ${profile}`]),
    ...(action === undefined ? [] : [`${policy === undefined ? 'every policy' : policy.join(', ')} in ${action}`]),
  ];
  return parts.length === 0 ? undefined : parts.join(', ');
}

function changeOf(before: Judging, after: Judging, flags: ImpactFlags): Change {
  const words = wordsOf(flags);
  return {
    words: words ?? 'the policies as they are set',
    before:
      words === undefined
        ? { judging: NO_POLICIES, mutating: NO_POLICIES }
        : { judging: before.selected, mutating: before.set },
    after: { judging: changed(after.selected, flags), mutating: after.set },
  };
}

function changed(set: PolicySet, { action }: ImpactFlags): PolicySet {
  return action === undefined ? set : withAction(set, action);
}

function exitCode({ problems, refused, lost }: ImpactReport, max: number | undefined): 0 | 1 | 2 {
  if (problems.length > 0) return 2;
  if (max !== undefined) return lost.length > max ? 1 : 0;
  return refused.length + lost.length > 0 ? 1 : 0;
}
