/**
 * Makes test/generat./golden/merge.json: objects, apply configurations, and what Kubernetes itself makes of them.
 *
 *   (cd test/generate/merge-oracle && go build -o /tmp/merge-oracle .)
 *   node test/generate/merge-cases.ts /tmp/merge-oracle
 *
 * src/engine/object/merge.oracle.test.ts holds applyConfiguration to it. The cases are random, from a fixed seed.
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import fc from 'fast-check';

const SEED = 20_261_121;
const CASES = 100;
const OUTPUT = new URL('./golden/merge.json', import.meta.url);

type Json = fc.Arbitrary<unknown>;

const word = fc.constantFrom('a', 'b', 'c', 'd');
const number = fc.constantFrom(1, 2, 80);

/** An object that has each of these members or not. */
const some = (members: Record<string, Json>): Json => fc.record(members, { requiredKeys: [] });
const list = (item: Json, maxLength = 3): Json => fc.array(item, { maxLength });
const mapOf = (value: Json): Json => fc.dictionary(word, value, { maxKeys: 3 });
const withKey = (key: string, members: Record<string, Json>, value: Json = word): Json =>
  fc.record({ [key]: value, ...members }, { requiredKeys: [key] });
/** A list by keys. Objects repeat a key now and then, a configuration must not. */
const keyed = (objects: boolean, keys: readonly string[], members: Record<string, Json>, values: Json = word): Json => {
  const item = withKey(keys[0] as string, members, values);
  const identity = (one: unknown): string =>
    JSON.stringify(keys.map((key) => (one as Record<string, unknown>)[key] ?? 'TCP'));
  const distinct = fc.uniqueArray(item, { maxLength: 3, selector: identity });
  return objects ? fc.oneof({ weight: 4, arbitrary: distinct }, { weight: 1, arbitrary: list(item) }) : distinct;
};
/** Mostly the value, now and then a null. */
const orNull = (value: Json): Json =>
  fc.oneof({ weight: 12, arbitrary: value }, { weight: 1, arbitrary: fc.constant(null) });

const protocol = fc.constantFrom('TCP', 'UDP');
const secretKeyRef = some({ name: word, key: word });

/** `objects`: with what a configuration may not name, atomic fields and repeated keys. */
const metadata = (objects: boolean): Json =>
  some({
    labels: orNull(mapOf(word)),
    annotations: mapOf(word),
    finalizers: objects ? list(word) : fc.uniqueArray(word, { maxLength: 3 }),
    ...(objects && { ownerReferences: keyed(false, ['uid'], { name: word }) }),
  });

const container = (objects: boolean): Record<string, Json> => ({
  image: orNull(word),
  tty: fc.boolean(),
  env: orNull(keyed(objects, ['name'], { value: word, ...(objects && { valueFrom: some({ secretKeyRef }) }) })),
  ports: keyed(objects, ['containerPort', 'protocol'], { protocol, name: word }, number),
  resources: orNull(
    some({ limits: mapOf(word), requests: mapOf(word), claims: keyed(false, ['name'], { request: word }) }),
  ),
  volumeMounts: keyed(objects, ['mountPath'], { name: word }),
  securityContext: some({
    runAsUser: number,
    privileged: fc.boolean(),
    capabilities: some(objects ? { add: list(word) } : {}),
  }),
  lifecycle: some({ preStop: some({ sleep: some({ seconds: number }) }) }),
  ...(objects && { command: list(word) }),
});

const podSpec = (objects: boolean): Json =>
  some({
    containers: orNull(keyed(false, ['name'], container(objects))),
    initContainers: keyed(false, ['name'], container(objects)),
    hostname: orNull(word),
    securityContext: orNull(some({ fsGroup: number, ...(objects && { supplementalGroups: list(number) }) })),
    volumes: keyed(objects, ['name'], { emptyDir: some({ medium: word }) }),
    hostAliases: keyed(objects, ['ip'], objects ? { hostnames: list(word) } : {}),
    topologySpreadConstraints: keyed(false, ['topologyKey', 'whenUnsatisfiable'], {
      whenUnsatisfiable: word,
      maxSkew: number,
    }),
    affinity: some({ nodeAffinity: some({}), podAntiAffinity: some({}) }),
    ...(objects && {
      tolerations: list(some({ key: word })),
      nodeSelector: mapOf(word),
      imagePullSecrets: keyed(false, ['name'], {}),
    }),
  });

const pod = (objects: boolean): Json =>
  fc.record({
    apiVersion: fc.constant('v1'),
    kind: fc.constant('Pod'),
    metadata: metadata(objects),
    spec: podSpec(objects),
  });

const deployment = (objects: boolean): Json =>
  fc.record({
    apiVersion: fc.constant('apps/v1'),
    kind: fc.constant('Deployment'),
    metadata: metadata(objects),
    spec: some({
      replicas: orNull(number),
      template: some({ metadata: metadata(objects), spec: podSpec(objects) }),
      strategy: some({ type: word, rollingUpdate: some({ maxSurge: fc.oneof(number, word) }) }),
      ...(objects && { selector: some({ matchLabels: mapOf(word) }) }),
    }),
  });

const service = (objects: boolean): Json =>
  fc.record({
    apiVersion: fc.constant('v1'),
    kind: fc.constant('Service'),
    metadata: metadata(objects),
    spec: some({
      type: word,
      ports: keyed(objects, ['port', 'protocol'], { protocol, name: word }, number),
      ...(objects && { selector: mapOf(word) }),
    }),
  });

const question = fc.oneof(
  ...[pod, deployment, service].flatMap((kind) => [
    { weight: 5, arbitrary: fc.record({ object: kind(true), configuration: kind(false) }) },
    { weight: 1, arbitrary: fc.record({ object: kind(true), configuration: kind(true) }) },
  ]),
);

const [oracle] = process.argv.slice(2);
if (oracle === undefined) throw new Error('usage: merge-cases.ts <the built merge-oracle>');
const questions = fc.sample(question, { seed: SEED, numRuns: CASES }).map((one) => JSON.stringify(one));
const answers = execFileSync(oracle, { input: `${questions.join('\n')}\n`, encoding: 'utf8', maxBuffer: 1 << 28 })
  .trim()
  .split('\n');
const cases = questions.map((text, index) =>
  JSON.stringify({ ...JSON.parse(text), ...renamed(answers[index] as string) }),
);
writeFileSync(OUTPUT, `[\n${cases.join(',\n')}\n]\n`);

function renamed(answer: string): object {
  const { object, error } = JSON.parse(answer) as { object?: unknown; error?: string };
  return error === undefined ? { merged: object } : { error };
}
