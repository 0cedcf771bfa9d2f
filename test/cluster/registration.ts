/** The two webhook configurations, as an administrator registers them: by URL, with the webhook's own CA. */
import { expectOutput, type Kubectl } from './kubectl.ts';
import { HOST } from './tidegate.ts';

export interface Registration {
  /** Of both configurations. */
  readonly name: string;
  readonly port: number;
  /** In PEM. */
  readonly ca: string;
  /** Only requests in namespaces with this label are sent: a given cluster may have other users. */
  readonly namespaceLabel: Readonly<Record<string, string>>;
  /** Of the validating webhook; the mutating one is always Ignore. */
  readonly failurePolicy: 'Ignore' | 'Fail';
  /** What is sent: workloads that are created or changed, where it is left out. */
  readonly rules?: readonly object[];
}

const WORKLOADS = [
  { apiGroups: [''], resources: ['pods', 'pods/ephemeralcontainers', 'podtemplates', 'replicationcontrollers'] },
  { apiGroups: ['apps'], resources: ['deployments', 'statefulsets', 'daemonsets', 'replicasets'] },
  { apiGroups: ['batch'], resources: ['jobs', 'cronjobs'] },
].map((rule) => ({ ...rule, apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'] }));

/** Registers both, or replaces their earlier registration of the same name; the API server follows within a second. */
export async function register(kubectl: Kubectl, registration: Registration): Promise<void> {
  const list = {
    apiVersion: 'v1',
    kind: 'List',
    items: [
      configuration('MutatingWebhookConfiguration', 'mutate', 'Ignore', registration),
      configuration('ValidatingWebhookConfiguration', 'validate', registration.failurePolicy, registration),
    ],
  };
  const apply = ['apply', '--server-side', '--field-manager=tidegate', '--force-conflicts', '-f', '-'];
  await expectOutput(kubectl, apply, JSON.stringify(list));
}

export async function unregister(kubectl: Kubectl, name: string): Promise<void> {
  const kinds = 'mutatingwebhookconfigurations,validatingwebhookconfigurations';
  await expectOutput(kubectl, ['delete', kinds, name, '--ignore-not-found']);
}

function configuration(kind: string, door: string, failurePolicy: string, registration: Registration): object {
  const { name, port, ca, namespaceLabel, rules = WORKLOADS } = registration;
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind,
    metadata: { name },
    webhooks: [
      {
        name: `${door}.tidegate.dev`,
        clientConfig: { url: `https://${HOST}:${port}/${door}`, caBundle: Buffer.from(ca).toString('base64') },
        rules,
        namespaceSelector: { matchLabels: namespaceLabel },
        admissionReviewVersions: ['v1'],
        sideEffects: 'None',
        timeoutSeconds: 3,
        failurePolicy,
      },
    ],
  };
}
