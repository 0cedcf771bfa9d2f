/** The Lease on a real API server: two candidates, a killed one, a restart of the API server, and a cut connection. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { clusterConfig } from '../../src/kube/client.ts';
import { leaseStore } from '../../src/kube/lease.ts';
import { type Election, runElection } from '../../src/leader/election.ts';
import { type Cluster, startCluster } from './cluster.ts';
import { type Gate, gateTo } from './gate.ts';
import { expectOutput } from './kubectl.ts';
import { eventually } from './wait.ts';

// The real rules, five times faster: a Lease counts in whole seconds.
const TIMES = { duration: 3000, renewDeadline: 2000, retry: 400 };

interface Candidate {
  readonly identity: string;
  readonly election: Election;
  readonly gate: Gate;
  readonly told: boolean[];
}

describe('candidates for a Lease', () => {
  const namespace = `election-${process.pid}`;
  let cluster: Cluster;
  let lease: string;
  let candidates: Candidate[];

  beforeAll(async () => {
    cluster = await startCluster();
    await expectOutput(cluster.kubectl, ['create', 'namespace', namespace]);
  });
  afterAll(async () => {
    if (cluster.controlPlane === undefined) await cluster.kubectl(['delete', 'namespace', namespace, '--wait=false']);
    await cluster.stop();
  });

  let count = 0;
  const begin = async (): Promise<readonly [Candidate, Candidate]> => {
    count += 1;
    lease = `lease-${count}`;
    candidates = [await candidate('a'), await candidate('b')];
    return candidates as [Candidate, Candidate];
  };
  afterEach(async () => {
    for (const { gate } of candidates) gate.open();
    await Promise.all(candidates.map(({ election }) => election.stop()));
    await Promise.all(candidates.map(({ gate }) => gate.stop()));
  });

  /** Each has a line of its own to the API server, which can be cut. */
  async function candidate(identity: string): Promise<Candidate> {
    const found = clusterConfig(cluster.kubeconfig);
    if (!found.ok) throw new Error(found.message);
    const { config } = found;
    const server = new URL(config.getCurrentCluster()?.server ?? '');
    const gate = await gateTo(server.hostname, Number(server.port));
    server.port = String(gate.port);
    config.clusters = config.clusters.map((each) => ({ ...each, server: server.origin }));
    const store = leaseStore(config, namespace, lease);
    const election = runElection(store, { identity, report: () => undefined, times: TIMES });
    const told: boolean[] = [];
    election.onChange((elected) => told.push(elected));
    return { identity, election, gate, told };
  }

  const inOffice = (): readonly Candidate[] => candidates.filter(({ election }) => election.elected());
  const elected = (): Promise<Candidate> =>
    eventually('one is elected', () => inOffice()[0], { timeoutMs: 15_000, everyMs: 10 });
  const spec = async () =>
    JSON.parse(await expectOutput(cluster.kubectl, ['get', 'lease', lease, '-n', namespace, '-o', 'json'])).spec;

  /** Waits for it, and looks at every moment how many are in office. */
  async function alone(what: string, done: () => boolean): Promise<void> {
    let most = 0;
    const look = (): boolean => {
      most = Math.max(most, inOffice().length);
      return done();
    };
    await eventually(what, look, { timeoutMs: 15_000, everyMs: 5 });
    expect(most).toBeLessThan(2);
  }

  it('agree, and the API server shows who it is', async () => {
    await begin();
    const { identity } = await elected();
    expect(await spec()).toMatchObject({ holderIdentity: identity, leaseDurationSeconds: 3, leaseTransitions: 0 });
    await eventually('it is renewed', async () => {
      const { acquireTime, renewTime } = await spec();
      return renewTime > acquireTime;
    });
    expect(inOffice()).toHaveLength(1);
  });

  it('hand over at once when one stops', async () => {
    await begin();
    const first = await elected();
    const started = performance.now();
    await first.election.stop();
    const second = await elected();
    expect(second).not.toBe(first);
    expect(performance.now() - started).toBeLessThan(TIMES.duration);
    expect(await spec()).toMatchObject({ holderIdentity: second.identity });
  });

  it('leave office when their line is cut, before another takes it', async () => {
    await begin();
    const first = await elected();
    const [second] = candidates.filter((each) => each !== first) as [Candidate];
    const cut = performance.now();
    first.gate.shut();
    await alone('the first has left', () => !first.election.elected());
    expect(performance.now() - cut).toBeLessThan(TIMES.duration);
    await alone('the other has taken over', () => second.election.elected());
    first.gate.open();
    await alone('the first knows it', () => first.told.join() === 'true,false');
    expect(second.told).toEqual([true]);
  });

  it('take over from one that is gone without a word', async () => {
    await begin();
    const first = await elected();
    // As after a kill: it neither renews nor releases.
    first.gate.shut();
    const gone = performance.now();
    await alone('another is elected', () => inOffice().some((each) => each !== first));
    expect(performance.now() - gone).toBeGreaterThan(TIMES.duration - TIMES.retry - 200);
  });

  it('have one of them in office again after a restart of the API server', async ({ skip }) => {
    if (cluster.controlPlane === undefined) return skip('a cluster that we were lent is not restarted');
    await begin();
    await elected();
    await cluster.controlPlane.stopApiServer();
    await alone('nobody is elected', () => inOffice().length === 0);
    await cluster.controlPlane.startApiServer();
    await alone('one is elected again', () => inOffice().length === 1);
  });

  it('go on when somebody deletes the Lease', async () => {
    await begin();
    await elected();
    await expectOutput(cluster.kubectl, ['delete', 'lease', lease, '-n', namespace]);
    await eventually('it is there again', async () => (await spec()).holderIdentity !== '');
    await eventually('one is in office', () => inOffice().length === 1);
  });
});
