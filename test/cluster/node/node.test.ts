/** The life of an installation on a real node. The order is the plot: each part starts from what the one before has left. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../wait.ts';
import { changes } from './scenarios/changes.ts';
import { tolerates } from './scenarios/debt.ts';
import { opens } from './scenarios/glass.ts';
import { installs } from './scenarios/install.ts';
import { survives } from './scenarios/outages.ts';
import { follows } from './scenarios/policies.ts';
import { everything, leaves } from './scenarios/uninstall.ts';
import { serves } from './scenarios/workloads.ts';
import { openWorld, type World } from './world.ts';

let world: World;
let before: readonly string[];
const theWorld = (): World => world;
const began = performance.now();

beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => {
  if (world !== undefined) console.log(`${world.total}, in ${Math.round((performance.now() - began) / 1000)} s`);
});

describe('the node', () => {
  it('runs pods, and its Services answer', async () => {
    const { admin, node } = world;
    await admin('create', 'namespace', 'proof');
    await admin('-n', 'proof', 'create', 'deployment', 'web', `--image=${node.images.shop}`, '--replicas=2');
    await admin('-n', 'proof', 'expose', 'deployment', 'web', '--port=80', '--target-port=8080');
    await admin('-n', 'proof', 'rollout', 'status', 'deployment', 'web', '--timeout=60s');
    const path = '/api/v1/namespaces/proof/services/web:80/proxy/';
    await eventually('its Service answers', () => admin('get', '--raw', path));
    await admin('delete', 'namespace', 'proof');
    before = await everything(world);
    expect(before.filter((each) => each.includes('tidegate'))).toEqual([]);
  });
});

describe('an install', () => installs(theWorld));
describe('a cluster with Tidegate', () => serves(theWorld));
describe('a policy', () => follows(theWorld));
describe('old debt', () => tolerates(theWorld));
describe('an installation, under load,', () => changes(theWorld));
describe('an installation', () => survives(theWorld));
describe('the break-glass', () => opens(theWorld));
describe('an uninstall', () => leaves(theWorld, () => before));

it('has failed no apply', () => {
  expect(world.total.counts.failed, world.total.details.join('\n')).toBe(0);
});
