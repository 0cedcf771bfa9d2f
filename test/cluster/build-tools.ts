/** `node test/cluster/build-tools.ts`: has every program of the cluster ready before the tests start, and says where. */
import { locateTool } from './tools.ts';

for (const tool of ['etcd', 'kube-apiserver', 'kubectl'] as const) {
  const started = performance.now();
  const path = await locateTool(tool);
  console.log(`${tool}: ${path} (${((performance.now() - started) / 1000).toFixed(1)} s)`);
}
