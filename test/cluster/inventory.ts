/** What there is in a cluster, to be held against what there was. */
import { expectOutput, type Kubectl } from './kubectl.ts';

/** Of every object its kind, namespace and name, and more `columns` of kubectl, a line each; without what an API server writes for itself. */
export async function inventory(kubectl: Kubectl, columns = ''): Promise<readonly string[]> {
  const run = (...args: readonly string[]): Promise<string> => expectOutput(kubectl, args);
  const kinds = (await run('api-resources', '--verbs=list', '-o', 'name')).trim().split('\n');
  const kept = kinds.filter((kind) => !/^(events|ipaddresses|componentstatuses)\b/.test(kind));
  const shown = `custom-columns=K:.kind,N:.metadata.namespace,M:.metadata.name${columns}`;
  const found = await run('get', kept.join(), '-A', '--no-headers', '-o', shown);
  // Columns are as wide as their longest entry.
  const lines = found.trim().split('\n');
  return lines.map((line) => line.trim().replace(/\s+/g, ' ')).sort();
}
