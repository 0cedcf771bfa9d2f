/** The life of an installation on a real node. The order is the plot: each part starts from what the one before has left. */
import { beforeAll, describe, expect, it } from 'vitest';
import { expectOutput } from '../kubectl.ts';
import { eventually } from '../wait.ts';
import { type Node, startNode } from './node.ts';

let node: Node;
beforeAll(async () => {
  node = await startNode();
});

describe('the node', () => {
  it('runs pods, and its Services answer', async () => {
    const kubectl = (...args: readonly string[]): Promise<string> => expectOutput(node.kubectl, args);
    await kubectl('create', 'namespace', 'proof');
    await kubectl('-n', 'proof', 'create', 'deployment', 'web', `--image=${node.images.shop}`, '--replicas=2');
    await kubectl('-n', 'proof', 'expose', 'deployment', 'web', '--port=80', '--target-port=8080');
    await kubectl('-n', 'proof', 'rollout', 'status', 'deployment', 'web', '--timeout=60s');
    const path = '/api/v1/namespaces/proof/services/web:80/proxy/';
    expect(await eventually('its Service answers', () => kubectl('get', '--raw', path))).toBe('open\n');
    await kubectl('delete', 'namespace', 'proof');
  });
});
