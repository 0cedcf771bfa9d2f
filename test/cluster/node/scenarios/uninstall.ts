import { expect, it } from 'vitest';
import { inventory } from '../../inventory.ts';
import { eventually } from '../../wait.ts';
import { SYSTEM, type World } from '../world.ts';

/** `helm uninstall` while people work, and what cannot be judged would be refused. `before` is all that was there when it was installed. */
export function leaves(world: () => World, before: () => readonly string[]): void {
  it('blocks nobody as it goes', async () => {
    const stream = world().stream();
    await eventually('the stream runs', () => stream.tally.counts.denied > 5);
    await world().helm('uninstall', '--wait', '--timeout=90s');
    await eventually('a bad one is let in', async () => {
      return (
        (await world().apply({ kind: 'Deployment', name: 'probe', quality: 'bad' }, '--dry-run=server')).code === 0
      );
    });
    const tally = await stream.stop();
    expect(tally.counts, tally.details.join('\n')).toMatchObject({ failed: 0, unreachable: 0 });
  });

  it('leaves its two CustomResourceDefinitions and the namespace, and nothing else', async () => {
    const left = ['policies.tidegate.dev', 'policyexceptions.tidegate.dev'].map(
      (n) => `CustomResourceDefinition <none> ${n}`,
    );
    await eventually('the garbage collector is done', async () => {
      const surplus = (await everything(world())).filter((each) => !before().includes(each));
      const expected = [...left, 'APIService <none> v1alpha1.tidegate.dev', `Namespace <none> ${SYSTEM}`];
      const unexpected = surplus.filter((each) => !expected.includes(each) && !isOfKubernetes(each));
      if (unexpected.length > 0) throw new Error(unexpected.join('\n'));
      return true;
    });
  });
}

/** What every new namespace has. */
const isOfKubernetes = (line: string): boolean =>
  [`ConfigMap ${SYSTEM} kube-root-ca.crt`, `ServiceAccount ${SYSTEM} default`].includes(line);

/** What there is outside of the shop, but for what the cluster writes for itself. */
export async function everything({ node }: World): Promise<readonly string[]> {
  const lines = await inventory(node.kubectl);
  return lines.filter((line) => !/ (shop|kube-node-lease) |apiserver-/.test(line));
}
