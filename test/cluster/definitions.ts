/** Our kinds of resource, in a cluster of the tests. */
import { join } from 'node:path';
import { REPOSITORY } from '../support/source.ts';
import { expectOutput, type Kubectl } from './kubectl.ts';

/** Applies the CustomResourceDefinitions of the chart, and returns when the API server serves them. */
export async function installDefinitions(kubectl: Kubectl): Promise<void> {
  const folder = join(REPOSITORY, 'charts', 'tidegate', 'crds');
  await expectOutput(kubectl, ['apply', '--server-side', '-f', folder]);
  await expectOutput(kubectl, ['wait', '--for=condition=Established', '--timeout=30s', '-f', folder]);
}
