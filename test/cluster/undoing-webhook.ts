/** Another mutating webhook, as clusters have them: it takes `lifecycle` from the first container of what it is asked about. */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expectOutput, type Kubectl } from './kubectl.ts';
import { HOST } from './tidegate.ts';

export interface UndoingWebhook {
  stop(): Promise<void>;
}

const PATCH = [{ op: 'remove', path: '/spec/template/spec/containers/0/lifecycle' }];

/** Serves with the certificate in `certDir`, and is asked about Deployments with the label `undo`, after all of a smaller name. */
export async function startUndoingWebhook(kubectl: Kubectl, name: string, certDir: string): Promise<UndoingWebhook> {
  const [cert, key, ca] = await Promise.all(
    ['tls.crt', 'tls.key', 'ca.crt'].map((file) => readFile(join(certDir, file), 'utf8')),
  );
  const server = createServer({ cert, key }, async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    const { uid, object } = JSON.parse(text).request;
    const has = object.spec.template.spec.containers[0].lifecycle !== undefined;
    const patch = has ? { patchType: 'JSONPatch', patch: Buffer.from(JSON.stringify(PATCH)).toString('base64') } : {};
    const review = {
      apiVersion: 'admission.k8s.io/v1',
      kind: 'AdmissionReview',
      response: { uid, allowed: true, ...patch },
    };
    response.setHeader('content-type', 'application/json').end(JSON.stringify(review));
  });
  await once(server.listen(0, HOST), 'listening');
  const { port } = server.address() as AddressInfo;
  const configuration = {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingWebhookConfiguration',
    metadata: { name },
    webhooks: [
      {
        name: 'undo.example.com',
        clientConfig: { url: `https://${HOST}:${port}/`, caBundle: Buffer.from(ca as string).toString('base64') },
        rules: [
          { apiGroups: ['apps'], apiVersions: ['v1'], resources: ['deployments'], operations: ['CREATE', 'UPDATE'] },
        ],
        objectSelector: { matchExpressions: [{ key: 'undo', operator: 'Exists' }] },
        admissionReviewVersions: ['v1'],
        sideEffects: 'None',
        failurePolicy: 'Fail',
      },
    ],
  };
  await expectOutput(kubectl, ['apply', '-f', '-'], JSON.stringify(configuration));
  return {
    stop: async () => {
      await expectOutput(kubectl, ['delete', 'mutatingwebhookconfiguration', name, '--ignore-not-found']);
      server.closeAllConnections();
      server.close();
    },
  };
}
