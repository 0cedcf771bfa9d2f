/** The audit log of the API server: where the annotations of policies show. */
import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from '../process.ts';
import { eventually } from '../wait.ts';

export type Annotations = Readonly<Record<string, string>>;

export interface AuditLog {
  /** What the API server is to be started with. */
  readonly flags: readonly string[];
  /** What policies annotated the requests with these Audit-IDs with. Waits until all of them are there, and forgets them. */
  take(ids: readonly string[]): Promise<ReadonlyMap<string, Annotations>>;
}

const POLICY = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived'],
  rules: [{ level: 'Metadata' }],
};

export async function startAuditLog(): Promise<AuditLog> {
  const folder = await temporaryFolder('audit');
  const [policy, log] = [join(folder, 'policy.json'), join(folder, 'log.jsonl')];
  await writeFile(policy, JSON.stringify(POLICY));
  const seen = new Map<string, Annotations>();
  let read = 0;
  const readOn = async (): Promise<void> => {
    const lines = await textFrom(log, read);
    const complete = lines.subarray(0, lines.lastIndexOf('\n') + 1);
    read += complete.length;
    for (const line of complete
      .toString('utf8')
      .split('\n')
      .filter((one) => one.includes('"auditID":"case-'))) {
      const { auditID, annotations = {} } = JSON.parse(line);
      seen.set(auditID, ofPolicies(annotations));
    }
  };
  const take: AuditLog['take'] = async (ids) => {
    await eventually('the requests are in the audit log', async () => {
      await readOn();
      return ids.every((id) => seen.has(id));
    });
    const taken = new Map(ids.map((id) => [id, seen.get(id) ?? {}]));
    for (const id of ids) seen.delete(id);
    return taken;
  };
  return { flags: [`--audit-policy-file=${policy}`, `--audit-log-path=${log}`, '--audit-log-maxsize=2000'], take };
}

/** What has been written since: the log of a long run is larger than what should be read at once. */
async function textFrom(path: string, position: number): Promise<Buffer> {
  const file = await open(path);
  try {
    const length = (await file.stat()).size - position;
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** Without those of authorization, webhooks and Pod Security. */
function ofPolicies(annotations: Annotations): Annotations {
  const kept = Object.entries(annotations).filter(([key]) => /^case-|^validation\.policy\./.test(key));
  return Object.fromEntries(kept);
}
