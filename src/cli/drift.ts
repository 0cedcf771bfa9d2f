/** `tidegate drift`: what admission would change today, as a diff, or as what is to be written somewhere. */
import { type Command, Option } from 'commander';
import { drift } from '../drift/drift.ts';
import type { PolicySet } from '../engine/compiled.ts';
import { policySet } from '../engine/policy-set.ts';
import { DRIFT_FORMATS } from '../report/drift-formats.ts';
import { renderDriftSummary } from '../report/drift-summary.ts';
import { type GivenFlags, givenCommand, openGiven } from './given.ts';
import { screenOf } from './terminal.ts';

interface DriftFlags extends GivenFlags {
  readonly output: string;
}

const HELP = `
diff: the YAML of each object, and what would become of it. patch: what to write into the source, for kustomize or
kubectl apply --server-side --force-conflicts, there with a --field-manager of its own. argocd: ignoreDifferences of an
Application. What controllers make is left out.
Exit code: 0 no drift, 1 drift, 2 something could not be read or judged.

Examples:
  tidegate drift --cluster
  tidegate drift --cluster --namespace shop --output patch > drift.yaml
  kubectl get deployments -A -o yaml | tidegate drift - --output argocd`;

/** `drift`; `exit` gets the exit code once everything is printed. */
export function driftCommand(exit: (code: number) => void): Command {
  return givenCommand('drift')
    .addOption(new Option('--output <format>', 'what is printed').choices(Object.keys(DRIFT_FORMATS)).default('diff'))
    .addHelpText('after', HELP)
    .action(async (paths: readonly string[], flags: DriftFlags) => exit(await driftOf(paths, flags)));
}

async function driftOf(paths: readonly string[], flags: DriftFlags): Promise<number> {
  const opened = await openGiven(paths, flags, ({ selected }) => mutatingOf(selected));
  if (!opened) return 2;
  const { given, judging, problems } = opened;
  const set = mutatingOf(judging.selected);
  const report = drift(given, set, { problems, exceptions: judging.exceptions, now: Date.now() });
  const render = DRIFT_FORMATS[flags.output];
  process.stdout.write(render?.(report, screenOf(process.stdout, process.env, flags.color)) ?? '');
  process.stderr.write(renderDriftSummary(report, flags.output, screenOf(process.stderr, process.env, flags.color)));
  if (report.problems.length > 0) return 2;
  return report.objects.length > 0 ? 1 : 0;
}

/** Of a cluster only what these judge is read. */
function mutatingOf({ policies, profile, excludedNamespaces }: PolicySet): PolicySet {
  const mutating = policies.filter(({ mutations }) => mutations.length > 0);
  return policySet(mutating, { profile, excludedNamespaces: [...excludedNamespaces] });
}
