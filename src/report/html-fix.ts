/** A JSON patch as a diff that people can read: where, and the YAML that comes or goes. */
import type { Patch, PatchOperation } from '../engine/decision.ts';
import { kubernetesYaml } from '../policy/kubernetes-yaml.ts';
import { formatPath } from '../policy/path.ts';

/** As `edit.diff` of a finding: `@@ where @@` and signed lines. Empty for a patch that changes nothing. */
export function patchDiff(patch: Patch): string {
  return patch.flatMap(operationLines).join('\n');
}

function operationLines(operation: PatchOperation): string[] {
  const steps = stepsOf(operation.path);
  const last = steps.at(-1);
  const where = `@@ ${formatPath(steps.slice(0, -1)) || 'the object'} @@`;
  switch (operation.op) {
    case 'test':
      return [];
    case 'remove':
      return [where, `- ${typeof last === 'number' ? `[${last}]` : last}`];
    case 'move':
    case 'copy':
      return [where, `+ ${last}: (${operation.op} of ${formatPath(stepsOf(operation.from))})`];
    default:
      return [where, ...yamlLines(last, operation.value).map((line) => `+ ${line}`)];
  }
}

/** Steps of a JSON pointer; what looks like an index is one. */
function stepsOf(pointer: string): (string | number)[] {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((step) => (/^(?:0|[1-9]\d*)$/.test(step) ? Number(step) : step));
}

function yamlLines(key: string | number | undefined, value: unknown): string[] {
  const isItem = typeof key === 'number' || key === '-';
  const written = key === undefined ? value : isItem ? [value] : { [key]: value };
  return kubernetesYaml(written).trimEnd().split('\n');
}
