import { expect } from 'vitest';
import { givenKubeconfig } from '../../cluster.ts';
import { freePort, start } from '../../process.ts';
import { locateTool } from '../../tools.ts';
import { eventually } from '../../wait.ts';
import { RELEASE, type Stored, SYSTEM, type World } from '../world.ts';

const PORT = 8080;

/** Of an installation with `dashboard.enabled`: a forwarded port leads to it, and no other way does. */
export async function expectDashboard({ node, get, replicas }: World): Promise<void> {
  const holder = (await get('lease', RELEASE, '-n', SYSTEM)).spec.holderIdentity;
  const pods = await replicas();
  const elected: Stored = pods.find(({ metadata }) => metadata.name === holder);
  const other: Stored = pods.find(({ metadata }) => metadata.name !== holder);
  // We are on the node, whose network every Pod hears; on a given cluster it is out of reach in any case.
  if (givenKubeconfig === undefined) expect(await refusal(elected.status.podIP)).toBe('ECONNREFUSED');
  for (const pod of [elected, other]) {
    const { live } = await forwarded(node.kubeconfig, pod.metadata.name);
    expect(live).toMatchObject(pod === elected ? { elected: true } : { elected: false, leader: holder });
  }
}

async function refusal(address: string): Promise<string> {
  const response = await fetch(`http://${address}:${PORT}/healthz`).catch((error: Error) => error.cause as Refused);
  return response instanceof Response ? `answered with ${response.status}` : response.code;
}

interface Refused {
  readonly code: string;
}

/** What the page of this Pod is given. */
async function forwarded(kubeconfig: string, pod: string): Promise<Stored> {
  const port = await freePort();
  const args = ['--kubeconfig', kubeconfig, '-n', SYSTEM, 'port-forward', `pod/${pod}`, `${port}:${PORT}`];
  const forward = await start(await locateTool('kubectl'), args);
  try {
    return await eventually('the dashboard answers', async () => {
      const response = await fetch(`http://127.0.0.1:${port}/page.json`).catch(() => undefined);
      return response?.ok === true && (await response.json());
    });
  } finally {
    await forward.stop();
  }
}
