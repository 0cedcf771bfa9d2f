/** Replicas of an installation on a real API server: started at once, killed, cut off, rotated, and gone without a trace. */
import { X509Certificate } from 'node:crypto';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { issueAuthority, issueLeaf } from '../../src/certs/issue.ts';
import { webhookLists } from '../../src/leader/webhook-list.ts';
import { RECOMMENDED } from '../../src/policy/settings.ts';
import { loadCatalog } from '../../src/sources/catalog.ts';
import { REPOSITORY } from '../support/source.ts';
import { type Balancer, balance } from './balancer.ts';
import { type Cluster, givenKubeconfig, startCluster } from './cluster.ts';
import { expectOutput, type KubectlResult } from './kubectl.ts';
import { freePort, temporaryFolder } from './process.ts';
import { install, type Replica, setReady, startReplica } from './replica.ts';
import { serviceAccountKubeconfig } from './service-account.ts';
import { HOST } from './tidegate.ts';
import { eventually } from './wait.ts';

const NAME = `replicas-${process.pid}`;
const SECRET = `${NAME}-certificates`;
const POLICIES = ['require-readiness-probe', 'set-pre-stop-sleep'];
const SHOP = `${NAME}-shop`;

const DEPLOYMENT = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: SHOP },
  spec: {
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: {
        containers: [{ name: 'web', image: 'ghcr.io/example/web:1.4.2', ports: [{ containerPort: 8080 }] }],
      },
    },
  },
};

const lent = givenKubeconfig !== undefined;

describe.skipIf(lent)(`replicas${lent ? ' (SKIPPED: they need a cluster of their own)' : ''}`, () => {
  let cluster: Cluster;
  let balancer: Balancer;
  let kubeconfig: string;
  let settings: string;
  let replicas: Replica[];

  const kubectl = (...args: readonly string[]): Promise<string> => expectOutput(cluster.kubectl, args);
  const json = async (...args: readonly string[]) => JSON.parse(await kubectl('get', '-o', 'json', ...args));
  const webhooks = async (kind: 'mutating' | 'validating'): Promise<readonly Webhook[]> =>
    (await json(`${kind}webhookconfigurations`, NAME)).webhooks ?? [];
  const dryRun = (): Promise<KubectlResult> =>
    cluster.kubectl(['apply', '--dry-run=server', '-f', '-'], JSON.stringify(DEPLOYMENT));
  const asked = async (): Promise<boolean> => (await dryRun()).stderr.includes('require-readiness-probe');
  const secret = async (): Promise<Stored> => {
    const { metadata, data } = await json('secret', SECRET, '-n', NAME);
    const text = (key: string): string => Buffer.from(data[key] ?? '', 'base64').toString();
    return { uid: metadata.uid, annotations: metadata.annotations ?? {}, cert: text('tls.crt'), ca: text('ca.crt') };
  };
  const holder = async (): Promise<string> => (await json('lease', NAME, '-n', NAME)).spec.holderIdentity;
  const leader = async (): Promise<Replica> => {
    const name = await holder();
    return replicas.find(({ pod }) => pod === name) as Replica;
  };
  const startOne = (pod: string, port?: number, more: Readonly<Record<string, string>> = {}): Promise<Replica> =>
    startReplica({
      kubeconfig,
      namespace: NAME,
      pod,
      ...(port !== undefined && { port }),
      env: { TIDEGATE_SETTINGS: settings, TIDEGATE_WEBHOOK_URL: `https://${HOST}:${balancer.port}`, ...more },
    });
  const ready = (replica: Replica): Promise<boolean> =>
    eventually(`${replica.pod} is ready`, async () => (await replica.readyz()) === 200);
  const said = (message: string): number =>
    replicas.reduce((sum, { running }) => sum + running.output().split(`"message":"${message}"`).length - 1, 0);

  /** How many of the requests during `work` were answered by the policies, and what the others said. */
  async function underLoad(work: () => Promise<unknown>): Promise<{ answered: number; others: readonly string[] }> {
    let working = true;
    let answered = 0;
    const others: string[] = [];
    const load = (async () => {
      while (working) {
        const { stderr } = await dryRun();
        if (stderr.includes('require-readiness-probe')) answered += 1;
        else others.push(stderr);
      }
    })();
    await work();
    working = false;
    await load;
    return { answered, others };
  }

  beforeAll(async () => {
    cluster = await startCluster();
    await kubectl('apply', '--server-side', '-f', join(REPOSITORY, 'charts/tidegate/crds'));
    await install(cluster.kubectl, NAME);
    const files = POLICIES.flatMap((id) => ['-f', join(REPOSITORY, 'policies', id, 'policy.yaml')]);
    await kubectl('apply', ...files);
    await kubectl('create', 'namespace', SHOP);
    await kubectl('create', 'serviceaccount', NAME, '-n', NAME);
    const bound = ['--clusterrole=cluster-admin', `--serviceaccount=${NAME}:${NAME}`];
    await kubectl('create', 'clusterrolebinding', NAME, ...bound);
    kubeconfig = await serviceAccountKubeconfig(cluster.kubectl, NAME, NAME);
    settings = join(await temporaryFolder('settings'), 'tidegate.yaml');
    const head = { apiVersion: 'tidegate.dev/v1alpha1', kind: 'Settings' };
    // Fail: a request that we did not answer is refused, and seen.
    const asks = { webhooks: { validation: { failurePolicy: 'Fail' } } };
    await writeFile(settings, JSON.stringify({ ...head, ...asks }));
    const ports = [await freePort(), await freePort()];
    balancer = await balance(HOST, ports);
    replicas = await Promise.all(ports.map((port, index) => startOne(`pod-${index}`, port)));
  });
  afterAll(async () => {
    for (const { running } of replicas ?? []) await running.stop('SIGKILL');
    await balancer?.stop();
    await cluster?.stop();
  });

  it('started at once, agree on one authority and one leader', async () => {
    await Promise.all(replicas.map(ready));
    expect(said('certificates made')).toBe(1);
    expect(said('elected')).toBe(1);
    const { cert } = await secret();
    expect(await Promise.all(replicas.map(({ port }) => served(port)))).toEqual([fingerprint(cert), fingerprint(cert)]);
    const { metadata } = await json('secret', SECRET, '-n', NAME);
    expect(metadata.ownerReferences).toMatchObject([{ kind: 'Service', name: NAME }]);
    expect((await json('lease', NAME, '-n', NAME)).metadata.ownerReferences).toMatchObject([{ kind: 'Service' }]);
  });

  it('are asked once somebody is ready to answer, about what the policies judge and nothing else', async () => {
    await setReady(cluster.kubectl, NAME, []);
    await setReady(cluster.kubectl, NAME, ['pod-0', 'pod-1']);
    await eventually('webhooks are filled', async () => (await webhooks('validating')).length > 0);
    await eventually('the API server asks', asked);
    const [validate] = await webhooks('validating');
    expect(validate?.rules.map(({ resources }) => resources)).toEqual([
      ['pods', 'podtemplates', 'replicationcontrollers'],
      ['daemonsets', 'deployments', 'replicasets', 'statefulsets'],
      ['cronjobs', 'jobs'],
    ]);
    expect(validate?.matchConditions.map(({ expression }) => expression)).toContain(
      `request.userInfo.username != "system:serviceaccount:${NAME}:${NAME}"`,
    );
  });

  it('write lists that the API server takes for every policy that comes with Tidegate', async () => {
    const { catalog } = loadCatalog({ settings: RECOMMENDED, paths: [], builtin: true });
    const installation = { name: NAME, namespace: NAME, user: 'system:serviceaccount:a:b' };
    const input = {
      set: catalog.current(),
      settings: RECOMMENDED.webhooks,
      caBundle: (await secret()).ca,
      installation,
    };
    const { mutating, validating } = webhookLists(input);
    const objects = { MutatingWebhookConfiguration: mutating, ValidatingWebhookConfiguration: validating };
    for (const [kind, list] of Object.entries(objects)) {
      const object = {
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind,
        metadata: { name: 'pack' },
        webhooks: list,
      };
      const args = ['apply', '--server-side', '--dry-run=server', '-f', '-'];
      expect((await cluster.kubectl(args, JSON.stringify(object))).stderr).toBe('');
    }
  });

  it('follow a policy that comes and goes', async () => {
    const widest = async (): Promise<string> => JSON.stringify((await webhooks('validating'))[0]?.rules);
    const file = join(REPOSITORY, 'policies', 'restrict-node-port', 'policy.yaml');
    await kubectl('apply', '-f', file);
    await eventually('services are asked about', async () => (await widest()).includes('"services"'));
    await kubectl('delete', '-f', file);
    await eventually('no longer', async () => !(await widest()).includes('"services"'));
  });

  it('mend what others change, and never make an object that is gone', async () => {
    const kind = 'validatingwebhookconfigurations';
    await kubectl('patch', kind, NAME, '--type=merge', '-p', '{"webhooks":[]}');
    await eventually('filled again', async () => (await webhooks('validating')).length === 2);
    await kubectl('delete', kind, NAME);
    await eventually('it is missed', () => said('there is no such webhook configuration: nobody will ask') > 0);
    expect((await cluster.kubectl(['get', kind, NAME])).code).toBe(1);
    await install(cluster.kubectl, NAME);
    await eventually('the new one is filled', async () => (await webhooks('validating')).length === 2);
    await eventually('the API server asks', asked);
  });

  it('put back a Secret that somebody spoiled', async () => {
    const before = await secret();
    const noise = Buffer.from('noise').toString('base64');
    const data = JSON.stringify({ data: { 'ca.key': noise, 'ca.crt': noise, 'tls.key': noise } });
    await kubectl('patch', 'secret', SECRET, '-n', NAME, '--type=merge', '-p', data);
    await eventually('it is put back', async () => (await secret()).ca === before.ca);
    expect((await secret()).cert).toBe(before.cert);
    expect(await asked()).toBe(true);
  });

  it('make a deleted Secret anew with the next authority in it, and change over to that under load', async () => {
    const before = await secret();
    const load = await underLoad(async () => {
      await kubectl('delete', 'secret', SECRET, '-n', NAME);
      const after = await eventually('there is another', async () => {
        const found = await secret();
        return found.uid === before.uid ? undefined : found;
      });
      expect([after.cert, authorities(after.ca)]).toEqual([before.cert, 2]);
      expect(after.ca.startsWith(before.ca)).toBe(true);
      const change = () => secret().then(({ cert }) => cert !== before.cert);
      await eventually('the next authority signs', change, { timeoutMs: 100_000, everyMs: 500 });
      const { cert } = await secret();
      for (const { port } of replicas) {
        await eventually('it is served', async () => (await served(port)) === fingerprint(cert));
      }
    });
    expect(load.others).toEqual([]);
    expect(load.answered).toBeGreaterThan(100);
    expect((await secret()).ca.endsWith(before.ca)).toBe(true);
  }, 150_000);

  it('make all anew at once where an operator asks for that', async () => {
    const before = await secret();
    await kubectl('annotate', 'secret', SECRET, '-n', NAME, 'tidegate.dev/rotate=at-once');
    await eventually('there is another authority', async () => !(await secret()).ca.includes(before.ca.slice(0, 400)));
    const after = await secret();
    expect(authorities(after.ca)).toBe(1);
    expect(after.annotations).toEqual({});
    await eventually('the API server asks', asked);
  });

  it('go on through a restart of the API server', async () => {
    await cluster.controlPlane?.stopApiServer();
    expect(await Promise.all(replicas.map(({ readyz }) => readyz()))).toEqual([200, 200]);
    await cluster.controlPlane?.startApiServer();
    await eventually('the API server asks', asked);
    const { metadata } = await json('lease', NAME, '-n', NAME);
    const renewed = async () => (await json('lease', NAME, '-n', NAME)).metadata.resourceVersion;
    await eventually('the Lease is renewed', async () => (await renewed()) !== metadata.resourceVersion);
    expect(replicas.map(({ running }) => running.exitCode())).toEqual([undefined, undefined]);
  });

  it('elect another when the leader is killed, and go on answering', async () => {
    const killed = await leader();
    const started = performance.now();
    await killed.running.stop('SIGKILL');
    await setReady(
      cluster.kubectl,
      NAME,
      replicas.filter((one) => one !== killed).map(({ pod }) => pod),
    );
    expect(await asked()).toBe(true);
    await eventually('another is elected', async () => (await holder()) !== killed.pod, { timeoutMs: 40_000 });
    const seconds = (performance.now() - started) / 1000;
    // 15 s of the Lease, and up to 4.4 s until the other looks again.
    expect(seconds).toBeLessThan(25);
    const index = replicas.indexOf(killed);
    replicas[index] = await startOne('pod-new', killed.port);
    await ready(replicas[index] as Replica);
    await setReady(
      cluster.kubectl,
      NAME,
      replicas.map(({ pod }) => pod),
    );
  });

  it('hand over in a moment when the leader is asked to stop, and answer every request meanwhile', async () => {
    const leaving = await leader();
    const index = replicas.indexOf(leaving);
    const load = await underLoad(async () => {
      await setReady(
        cluster.kubectl,
        NAME,
        replicas.filter((one) => one !== leaving).map(({ pod }) => pod),
      );
      expect(await leaving.running.stop()).toBe(0);
      await eventually('another is elected', async () => ![leaving.pod, ''].includes(await holder()), {
        timeoutMs: 8000,
      });
    });
    expect(load.others).toEqual([]);
    expect((await webhooks('validating')).length).toBe(2);
    replicas.splice(index, 1);
  });

  it('leave nobody waiting: the last one empties the lists before it ends', async () => {
    const [last] = replicas as [Replica];
    expect((await webhooks('mutating')).length).toBe(1);
    expect(await last.running.stop()).toBe(0);
    expect([await webhooks('mutating'), await webhooks('validating')]).toEqual([[], []]);
    expect(await holder()).toBe('');
    expect((await dryRun()).code).toBe(0);
  });

  it('are alive and not ready while there is no API server, and get ready once there is one', async () => {
    await cluster.controlPlane?.stopApiServer();
    const early = await startOne('pod-early');
    replicas.push(early);
    await eventually('it answers', async () => (await early.readyz()) === 503);
    await cluster.controlPlane?.startApiServer();
    await ready(early);
    expect(await early.running.stop()).toBe(0);
  });

  it('wait for certificates that somebody else brings, write none, and tell API servers of their authority', async () => {
    const certDir = join(await temporaryFolder('given'), 'certificates');
    const given = await startOne('pod-given', undefined, {
      TIDEGATE_CERTIFICATES: 'files',
      TIDEGATE_CERT_DIR: certDir,
    });
    replicas.push(given);
    await eventually('it answers', async () => (await given.readyz()) === 503);
    const authority = await issueAuthority(Date.now());
    const leaf = await issueLeaf(authority, [HOST], Date.now());
    await mkdir(certDir);
    const files = { 'ca.crt': authority.cert, 'tls.key': leaf.key, 'tls.crt': leaf.cert };
    for (const [file, text] of Object.entries(files)) await writeFile(join(certDir, file), text);
    await ready(given);
    expect(await served(given.port)).toBe(fingerprint(leaf.cert));
    await setReady(cluster.kubectl, NAME, ['pod-given']);
    const bundle = Buffer.from(authority.cert).toString('base64');
    const told = async () => (await webhooks('mutating'))[0]?.clientConfig.caBundle === bundle;
    await eventually('API servers are told', told);
    expect((await readdir(certDir)).sort()).toEqual(Object.keys(files).sort());
    expect(await given.running.stop()).toBe(0);
  });
});

interface Webhook {
  readonly clientConfig: { readonly caBundle: string };
  readonly rules: readonly { readonly resources: readonly string[] }[];
  readonly matchConditions: readonly { readonly expression: string }[];
}

interface Stored {
  readonly uid: string;
  readonly annotations: Readonly<Record<string, string>>;
  readonly cert: string;
  readonly ca: string;
}

function authorities(bundle: string): number {
  return bundle.match(/BEGIN CERTIFICATE/g)?.length ?? 0;
}

function fingerprint(pem: string): string {
  return new X509Certificate(pem).fingerprint256;
}

/** Fingerprint of the certificate that is shown on a new connection. */
function served(port: number): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: HOST, port, rejectUnauthorized: false }, () => {
      resolve(socket.getPeerX509Certificate()?.fingerprint256);
      socket.destroy();
    }).on('error', reject);
  });
}
