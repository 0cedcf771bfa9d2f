/** The table of deprecated API versions against the warnings of a real API server, for all that it can serve. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apiLife } from '../../src/engine/library/api-life.ts';
import { type Cluster, givenKubeconfig, startCluster } from './cluster.ts';
import { EVERY_VERSION } from './control-plane.ts';
import { type ApiServer, connect, inParallel } from './differential/api-server.ts';

interface Listed {
  readonly apiVersion: string;
  readonly kind: string;
  readonly path: string;
}

const lent = givenKubeconfig !== undefined;
const title = 'the API server warns of the API versions that we call deprecated';

describe.skipIf(lent)(`${title}${lent ? ' (SKIPPED: needs a cluster of its own)' : ''}`, () => {
  let cluster: Cluster;
  let server: ApiServer;
  beforeAll(async () => {
    cluster = await startCluster(EVERY_VERSION);
    server = await connect(cluster.kubeconfig);
  });
  afterAll(async () => {
    server?.close();
    await cluster?.stop();
  });

  it('since the same release, until the same release, and serves nothing that we call removed', async () => {
    const release = Number((await server.must({ method: 'GET', path: '/version' }))['minor']);
    const listed = await listable();
    const told = await inParallel(listed, async ({ apiVersion, kind, path }) => {
      const { warnings } = await server.call({ method: 'GET', path: `${path}?limit=1` });
      return lineOf(apiVersion, kind, soFar(release, numbersOf(warnings.join('\n'))));
    });
    const ours = listed.map(({ apiVersion, kind }) => {
      const { deprecated, removed } = apiLife(apiVersion, kind);
      return lineOf(apiVersion, kind, soFar(release, [deprecated, removed]));
    });
    expect(ours).toEqual(told);
    expect(told.filter((line) => line.endsWith(' 33 0'))).toEqual(['v1 Endpoints 33 0']);
  });

  async function listable(): Promise<readonly Listed[]> {
    const { groups } = (await server.must({ method: 'GET', path: '/apis' })) as unknown as {
      readonly groups: readonly { readonly versions: readonly { readonly groupVersion: string }[] }[];
    };
    const versions = groups.flatMap((group) => group.versions.map(({ groupVersion }) => groupVersion));
    const lists = await inParallel(['v1', ...versions], async (apiVersion) => {
      const path = apiVersion === 'v1' ? '/api/v1' : `/apis/${apiVersion}`;
      const { resources } = (await server.must({ method: 'GET', path })) as unknown as {
        readonly resources: readonly {
          readonly name: string;
          readonly kind: string;
          readonly verbs: readonly string[];
        }[];
      };
      const own = resources.filter(({ name, verbs }) => !name.includes('/') && verbs.includes('list'));
      return own.map(({ name, kind }) => ({ apiVersion, kind, path: `${path}/${name}` }));
    });
    return lists.flat();
  }
});

type Numbers = readonly [deprecated: number, removed: number];

/** `v1 Endpoints is deprecated in v1.33+`, `..., unavailable in v1.37+`. */
function numbersOf(warning: string): Numbers {
  const [, deprecated = 0, removed = 0] =
    /deprecated in v1\.(\d+)\+(?:, unavailable in v1\.(\d+)\+)?/.exec(warning) ?? [];
  return [Number(deprecated), Number(removed)];
}

/** A deprecation to come is a plan, which beta versions often outlive. */
function soFar(release: number, numbers: Numbers): Numbers {
  return numbers[0] > release ? [0, 0] : numbers;
}

function lineOf(apiVersion: string, kind: string, numbers: Numbers): string {
  return [apiVersion, kind, ...numbers].join(' ');
}
