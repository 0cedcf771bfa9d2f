/** The CustomResourceDefinitions on a real API server: it takes what we read from files, keeps all of it, and refuses nonsense. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { REPOSITORY } from '../support/source.ts';
import { type Cluster, startCluster } from './cluster.ts';
import { installDefinitions } from './definitions.ts';
import { expectOutput } from './kubectl.ts';

const POLICIES = join(REPOSITORY, 'policies');
const ids = readdirSync(POLICIES).sort();

interface Resource {
  readonly metadata: { readonly name: string };
  readonly spec: Readonly<Record<string, unknown>>;
}

const policies: readonly Resource[] = ids.map((id) => parse(readFileSync(join(POLICIES, id, 'policy.yaml'), 'utf8')));
const [first] = policies as readonly [Resource];

const exception = {
  apiVersion: 'tidegate.dev/v1alpha1',
  kind: 'PolicyException',
  metadata: { name: 'legacy', namespace: 'default' },
  spec: {
    policies: [{ name: 'require-readiness-probe' }, { name: 'restrict-probe-target', rules: ['named-port'] }],
    match: {
      kinds: ['Deployment'],
      names: ['shop-*'],
      objectSelector: { matchExpressions: [{ key: 'tier', operator: 'In', values: ['legacy'] }] },
    },
    reason: 'The shop is replaced in March.',
    owner: 'team-shop',
    expiresAt: '2037-03-31T00:00:00Z',
  },
};

describe('our CustomResourceDefinitions', () => {
  let cluster: Cluster;
  const kubectl = (args: readonly string[], input?: object): Promise<string> =>
    expectOutput(cluster.kubectl, args, input && JSON.stringify(input));
  const refused = async (object: object): Promise<string> => {
    const { code, stderr } = await cluster.kubectl(['apply', '--dry-run=server', '-f', '-'], JSON.stringify(object));
    expect(code, 'it was accepted').not.toBe(0);
    return stderr;
  };

  beforeAll(async () => {
    cluster = await startCluster();
    await installDefinitions(cluster.kubectl);
  });
  afterAll(async () => {
    if (cluster?.controlPlane === undefined) {
      await kubectl(['delete', 'policies.tidegate.dev', ...ids, '--ignore-not-found']);
      await kubectl(['delete', 'policyexceptions.tidegate.dev', 'legacy', '--ignore-not-found']);
    }
    await cluster?.stop();
  });

  it('take every policy of ours under strict validation, and change nothing in it', async () => {
    const files = ids.flatMap((id) => ['-f', join(POLICIES, id, 'policy.yaml')]);
    await kubectl(['apply', '--server-side', '--validate=strict', ...files]);
    const { items } = JSON.parse(await kubectl(['get', 'policies.tidegate.dev', '-o', 'json'])) as {
      items: Resource[];
    };
    const kept = new Map(items.map(({ metadata, spec }) => [metadata.name, spec]));
    expect(policies.length).toBeGreaterThan(80);
    for (const { metadata, spec } of policies) expect(kept.get(metadata.name), metadata.name).toEqual(spec);
  });

  it('take an exception, and change nothing in it', async () => {
    await kubectl(['apply', '--validate=strict', '-f', '-'], exception);
    const kept = JSON.parse(await kubectl(['get', 'policyexception', 'legacy', '-o', 'json'])) as Resource;
    expect(kept.spec).toEqual(exception.spec);
    expect(await kubectl(['get', 'tgpx'])).toMatch(/^NAME +OWNER +READY +EXPIRES +AGE\nlegacy +team-shop +2037-03-31T/);
  });

  it('keep what a JSON Schema of parameters may hold', async () => {
    const parameters = {
      properties: {
        limit: { type: 'string', default: '1Gi', pattern: '^\\d+', examples: ['2Gi'] },
        deep: { type: 'array', items: { type: 'object', properties: { x: { const: 1 } } } },
      },
      allOf: [{ not: { required: ['limit', 'deep'] } }],
      additionalProperties: false,
    };
    const policy = { ...first, metadata: { name: 'with-parameters' }, spec: { ...first.spec, parameters } };
    const kept = await kubectl(['apply', '--dry-run=server', '--validate=strict', '-o', 'json', '-f', '-'], policy);
    expect((JSON.parse(kept) as Resource).spec['parameters']).toEqual(parameters);
  });

  it('refuse nonsense', async () => {
    const withSpec = (spec: object): object => ({ ...first, spec: { ...first.spec, ...spec } });
    expect(await refused(withSpec({ serverity: 'high' }))).toMatch(/unknown field "spec.serverity"/);
    expect(await refused(withSpec({ severity: 'huge' }))).toMatch(/spec.severity: Unsupported value: "huge"/);
    expect(await refused(withSpec({ validations: [{}] }))).toMatch(/spec.validations\[0\].expression: Required value/);
    expect(await refused(withSpec({ enforcement: { action: false } }))).toMatch(
      /spec.enforcement.action.*must be.* string/,
    );
    expect(await refused({ ...first, metadata: { name: 'two.words' } })).toMatch(/metadata.name.*should match/);
    const twice = [
      { name: 'a', expression: 'true' },
      { name: 'a', expression: 'true' },
    ];
    expect(await refused(withSpec({ variables: twice }))).toMatch(/spec.variables\[1\]: Duplicate value/);
    const late = { ...exception, spec: { ...exception.spec, expiresAt: 'tomorrow' } };
    expect(await refused(late)).toMatch(/spec.expiresAt.*should match/);
  });

  it('show what people look for, and explain each field', async () => {
    const patch = { status: { action: 'Warn', conditions: [ready('True')] } };
    const name = first.metadata.name;
    await kubectl(['patch', 'tgp', name, '--subresource=status', '--type=merge', '-p', JSON.stringify(patch)]);
    expect(await kubectl(['get', 'policies', name])).toMatch(
      new RegExp(`^NAME +ACTION +READY +FINDINGS +AGE\\n${name} +Warn +True +\\S+\\n$`),
    );
    expect(await kubectl(['get', 'tidegate', '-o', 'name'])).toContain(`policy.tidegate.dev/${name}\n`);
    expect(await kubectl(['explain', 'policies.spec.enforcement.existing'])).toMatch(/Tolerate \(default\)/);
  });
});

function ready(status: string): object {
  const lastTransitionTime = new Date(0).toISOString();
  return { type: 'Ready', status, reason: 'Compiled', message: '', lastTransitionTime };
}
