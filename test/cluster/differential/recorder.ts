/** Two webhooks that allow everything and remember what the API server showed them: the very input of its own plugins. */
import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { JsonMap } from '../../../src/cel/value.ts';
import { issueAuthority, issueLeaf } from '../../../src/certs/issue.ts';
import type { Request } from '../../../src/engine/decision.ts';
import { HOST } from '../tidegate.ts';
import type { ApiServer } from './api-server.ts';

/** What the webhooks saw of one request. */
export interface Recording {
  /** After all mutating policies, after the last of its calls. */
  readonly mutating?: Request;
  /** After the validating policies, of an object that is ready to be stored. */
  readonly validating?: Request;
}

export interface Recorder {
  /** What was seen of the case since the last time; empty where nothing was. */
  take(id: string): Recording;
  close(): Promise<void>;
}

/** Starts the webhooks and registers them for requests that name a case; the API server follows within a second. */
export async function startRecorder(server: ApiServer): Promise<Recorder> {
  const authority = await issueAuthority(Date.now());
  const leaf = await issueLeaf(authority, [HOST], Date.now());
  const seen = new Map<string, Recording>();
  const listener = createServer({ cert: leaf.cert, key: leaf.key }, async (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const review = JSON.parse(Buffer.concat(chunks).toString('utf8'));
    const id: string = review.request.userInfo.extra.case[0];
    const stage = incoming.url?.startsWith('/mutating') ? 'mutating' : 'validating';
    seen.set(id, { ...seen.get(id), [stage]: review.request });
    const { apiVersion, kind } = review;
    outgoing.setHeader('content-type', 'application/json');
    outgoing.end(JSON.stringify({ apiVersion, kind, response: { uid: review.request.uid, allowed: true } }));
  }).listen(0, HOST);
  // The API server keeps connections: one that we close while it sends again would fail the request.
  listener.keepAliveTimeout = 0;
  await once(listener, 'listening');
  const { port } = listener.address() as AddressInfo;
  for (const stage of ['mutating', 'validating'] as const) {
    await server.must({
      method: 'POST',
      path: `/apis/admissionregistration.k8s.io/v1/${stage}webhookconfigurations`,
      body: configuration(stage, port, authority.cert),
    });
  }
  const take = (id: string): Recording => {
    const recording = seen.get(id) ?? {};
    seen.delete(id);
    return recording;
  };
  const close = async (): Promise<void> => {
    listener.closeAllConnections();
    listener.close();
    await once(listener, 'close');
  };
  return { take, close };
}

function configuration(stage: 'mutating' | 'validating', port: number, ca: string): JsonMap {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: stage === 'mutating' ? 'MutatingWebhookConfiguration' : 'ValidatingWebhookConfiguration',
    metadata: { name: 'recorder' },
    webhooks: [
      {
        name: 'recorder.tidegate.dev',
        clientConfig: { url: `https://${HOST}:${port}/${stage}`, caBundle: Buffer.from(ca).toString('base64') },
        rules: [{ apiGroups: ['*'], apiVersions: ['*'], resources: ['*/*'], operations: ['*'] }],
        matchConditions: [
          { name: 'case', expression: "has(request.userInfo.extra) && 'case' in request.userInfo.extra" },
        ],
        matchPolicy: 'Exact',
        admissionReviewVersions: ['v1'],
        sideEffects: 'None',
        timeoutSeconds: 10,
        failurePolicy: 'Fail',
        // Called again after a second round of the mutating policies.
        ...(stage === 'mutating' && { reinvocationPolicy: 'IfNeeded' }),
      },
    ],
  };
}
