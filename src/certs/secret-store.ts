/** Certificates in a Secret of the cluster, which all replicas follow and the elected one writes. */
import type { Connection, JsonObject } from '../kube/client.ts';
import { informer } from '../kube/informer.ts';
import { type Changes, versionedObject } from '../kube/versioned-object.ts';
import { type CertificateStore, FILES, type OwnCertificates, type StoredCertificates } from './store.ts';

export interface SecretPlace {
  readonly namespace: string;
  readonly name: string;
  /** Whose end is the Secret's, too; rejects where it must not be made. */
  readonly owners: () => Promise<readonly object[]>;
  /** Told of a watch that failed; it mends itself. */
  readonly report: (message: string) => void;
}

/** Its values: `now` for a change of authorities with an overlap, `at-once` for one without. */
const ROTATE = 'tidegate.dev/rotate';

/**
 * A store that never writes over what it has not read: of two who make or renew at the same time one is the first, and the
 * other reads what that one has made.
 */
export function secretStore(config: Connection, { namespace, name, owners, report }: SecretPlace): CertificateStore {
  const collection = { apiVersion: 'v1', resource: 'secrets', namespace, name };
  const secret = versionedObject(config, collection);
  return {
    location: `Secret ${namespace}/${name}`,
    ours: true,
    read: async () => {
      const stored = await secret.read();
      return stored && storedOf(stored);
    },
    write: async (certificates, over) => {
      const written =
        over === undefined
          ? await secret.make(await secretOf(certificates))
          : await secret.change(changesTo(certificates), over.version);
      return written !== undefined;
    },
    watch: (changed) => {
      const watch = informer(config, collection, ({ message }) => report(message));
      watch.onChange(changed);
      return () => watch.stop();
    },
  };

  async function secretOf(certificates: OwnCertificates): Promise<object> {
    const metadata = { name, namespace, ownerReferences: await owners() };
    return { apiVersion: 'v1', kind: 'Secret', type: 'kubernetes.io/tls', metadata, data: dataOf(certificates) };
  }
}

const NAMES = Object.entries(FILES) as readonly (readonly [keyof typeof FILES, string])[];

function dataOf(certificates: OwnCertificates): Readonly<Record<string, string>> {
  const given = NAMES.flatMap(([name, key]) => {
    const text = certificates[name];
    return text === undefined ? [] : [[key, Buffer.from(text).toString('base64')] as const];
  });
  return Object.fromEntries(given);
}

/** Null takes a key out of a Secret that has it, and the annotation that has been followed. */
function changesTo(certificates: OwnCertificates): Changes {
  const cleared = Object.fromEntries(NAMES.map(([, key]) => [key, null]));
  return { metadata: { annotations: { [ROTATE]: null } }, data: { ...cleared, ...dataOf(certificates) } };
}

/** What is missing in it is empty: whether that can be used is not the store's to say. */
function storedOf(secret: JsonObject): StoredCertificates {
  const { resourceVersion, annotations } = secret['metadata'] as {
    readonly resourceVersion?: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  const data = (secret['data'] ?? {}) as Readonly<Record<string, string>>;
  const texts = NAMES.flatMap(([name, key]) => {
    const encoded = data[key];
    return encoded === undefined ? [] : [[name, Buffer.from(encoded, 'base64').toString('utf8')] as const];
  });
  const asked = annotations?.[ROTATE];
  return {
    cert: '',
    key: '',
    ...Object.fromEntries(texts),
    ...(resourceVersion !== undefined && { version: resourceVersion }),
    ...((asked === 'now' || asked === 'at-once') && { rotate: asked }),
  };
}
