/** POST /policies: our own resources, through the whole application. */
import fc from 'fast-check';
import request from 'supertest';
import { beforeEach, describe, expect, it } from 'vitest';
import { reviewResource } from '../../src/admission/resource-review.ts';
import { DEFAULT_LIMITS } from '../../src/config/limits.ts';
import { RECOMMENDED } from '../../src/policy/settings.ts';
import { createApp } from '../../src/server/app.ts';
import { createHealth } from '../../src/server/health.ts';
import { resourceChecks } from '../../src/sources/live-check.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { createPrometheus } from '../../src/telemetry/prometheus.ts';
import { smallPolicy } from '../support/policies.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');
let app: ReturnType<typeof createApp>;

beforeEach(() => {
  const { recorder, page } = createPrometheus();
  const names = ['require-x', 'require-readiness-probe'];
  const catalog = { names: () => names, taken: new Set(['require-readiness-probe']) };
  const checks = resourceChecks(catalog, { settings: RECOMMENDED });
  app = createApp({
    judge: () => {
      throw new Error('not the door of these');
    },
    reviewResource: (asked) => reviewResource(asked, checks, 'tidegate-system', NOW),
    limits: DEFAULT_LIMITS,
    health: createHealth(),
    recorder,
    metrics: page,
    log: createLog('silent'),
  });
});

const small = smallPolicy('require-x');
const policy = (spec: object = {}, metadata: object = {}): object => ({
  ...small,
  metadata: { name: 'require-x', ...metadata },
  spec: { ...(small['spec'] as object), ...spec },
});
const exception = (spec: object = {}): object => ({
  apiVersion: 'tidegate.dev/v1alpha1',
  kind: 'PolicyException',
  metadata: { name: 'legacy', namespace: 'shop' },
  spec: {
    policies: [{ name: 'require-x' }],
    reason: 'Replaced in March.',
    owner: 'team-shop',
    expiresAt: '2027-03-31T00:00:00Z',
    ...spec,
  },
});

async function review(object: unknown, more: object = {}, kind = 'Policy'): Promise<Answer> {
  const resource = { group: 'tidegate.dev', version: 'v1alpha1', resource: RESOURCES[kind] };
  const asked = {
    uid: 'u-1',
    kind: { group: 'tidegate.dev', version: 'v1alpha1', kind },
    resource,
    operation: 'CREATE',
    userInfo: {},
    object,
    oldObject: null,
    ...more,
  };
  const body = { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request: asked };
  const answer = await request(app).post('/policies?timeout=3s').send(body);
  expect(answer.status).toBe(200);
  return answer.body.response as Answer;
}

interface Answer {
  readonly allowed: boolean;
  readonly warnings?: readonly string[];
  readonly status?: { readonly code: number; readonly message: string };
}

const RESOURCES: Readonly<Record<string, string>> = { Policy: 'policies', PolicyException: 'policyexceptions' };
const BROKEN = { severity: 'low', validations: [{ expression: 'nosuch' }, { expression: '1 + 1' }] };

describe('a Policy', () => {
  it('passes where it is right', async () => {
    expect(await review(policy())).toEqual({ uid: 'u-1', allowed: true });
  });

  it('is refused with everything that is wrong with it, each at its place', async () => {
    const { allowed, status } = await review(policy(BROKEN));
    expect(allowed).toBe(false);
    expect(status).toMatchObject({ code: 422, reason: 'Invalid' });
    expect(status?.message.split('\n').filter((line) => !/^ /.test(line))).toEqual([
      'this Policy would never be in force:',
      "Policy/require-x: spec.validations[0].expression:1:1: undeclared reference to 'nosuch' (in container '')",
      'Policy/require-x: spec.validations[1].expression: must yield a bool, yields int',
    ]);
  });

  it('is refused for what the schema says, too', async () => {
    const { status } = await review(policy({ serverity: 'low', severity: 'huge' }));
    expect(status?.message).toContain('Policy/require-x: spec: unknown field "serverity" (did you mean "severity"?)');
    expect(status?.message).toContain('Policy/require-x: spec.severity: must be one of high, medium, low, is "huge"');
  });

  it('may change its labels and lose its finalizers, however broken it is', async () => {
    const oldObject = policy(BROKEN, { finalizers: ['a/b'] });
    const answer = await review(policy(BROKEN, { labels: { a: 'b' } }), { operation: 'UPDATE', oldObject });
    expect(answer.allowed).toBe(true);
    expect((await review(policy(BROKEN), { operation: 'UPDATE', oldObject: policy() })).allowed).toBe(false);
  });

  it('may always be deleted, and have a status written', async () => {
    const oldObject = policy(BROKEN);
    expect((await review(null, { operation: 'DELETE', oldObject })).allowed).toBe(true);
    expect(
      (await review(policy(BROKEN), { operation: 'UPDATE', oldObject: policy(), subResource: 'status' })).allowed,
    ).toBe(true);
  });

  it('passes with a warning where its name is taken, or where Helm brings it for this installation', async () => {
    const taken = await review(policy({}, { name: 'require-readiness-probe' }));
    expect(taken).toMatchObject({
      allowed: true,
      warnings: [expect.stringMatching(/is a policy that Tidegate was started/)],
    });
    const annotations = { 'meta.helm.sh/release-namespace': 'tidegate-system' };
    const upgrade = await review(policy(BROKEN, { annotations }));
    expect(upgrade).toMatchObject({ allowed: true, warnings: [expect.stringMatching(/nosuch/), expect.anything()] });
    const elsewhere = { 'meta.helm.sh/release-namespace': 'shop' };
    expect((await review(policy(BROKEN, { annotations: elsewhere }))).allowed).toBe(false);
  });

  it('is judged before it has a name', async () => {
    expect((await review(policy({}, { name: undefined, generateName: 'try-' }))).allowed).toBe(true);
  });
});

describe('a PolicyException', () => {
  const ask = (object: object, more: object = {}) => review(object, { namespace: 'shop', ...more }, 'PolicyException');

  it('passes where it is right', async () => {
    expect(await ask(exception())).toEqual({ uid: 'u-1', allowed: true });
  });

  it('is refused where it cannot be read', async () => {
    expect((await ask(exception({ owner: undefined }))).status?.message).toContain('"owner" is missing');
    expect((await ask(exception({ expiresAt: '2027-13-31T00:00:00Z' }))).status?.message).toContain('is no time');
  });

  it('passes with a warning where it excuses nothing now', async () => {
    const { allowed, warnings } = await ask(
      exception({ policies: [{ name: 'require-y' }], expiresAt: '2025-03-31T00:00:00Z' }),
    );
    expect(allowed).toBe(true);
    expect(warnings).toEqual([
      'PolicyException/shop/legacy: spec.expiresAt: it has ended at 2025-03-31T00:00:00Z: legacy excuses nothing',
      'PolicyException/shop/legacy: spec.policies[0].name: no policy is called "require-y" (did you mean "require-x"?)',
    ]);
  });
});

it('answers whatever it is sent', async () => {
  const anything = fc.object({
    maxDepth: 5,
    key: fc.constantFrom(
      'spec',
      'metadata',
      'name',
      'validations',
      'expression',
      'parameters',
      'properties',
      '__proto__',
      'namespace',
      'matchConstraints',
      'kind',
    ),
  });
  const object = fc.oneof(
    anything,
    anything.map((spec) => policy(spec)),
    anything.map((metadata) => ({ ...policy(), metadata })),
    anything.map((parameters) => policy({ parameters })),
  );
  const property = fc.asyncProperty(object, fc.constantFrom('Policy', 'PolicyException'), async (given, kind) => {
    expect(await review(given, {}, kind)).toHaveProperty('allowed');
  });
  await fc.assert(property, { numRuns: 300 });
});

it('answers in time what is as long and as deep as a request can be', async () => {
  const heavy = [
    `${'('.repeat(240)}true${')'.repeat(240)}`,
    `[${'1,'.repeat(45_000)}1].all(x, x > 0)`,
    `[${'nosuch,'.repeat(13_000)}1] == []`,
    `object${'.a'.repeat(20_000)} == 1`,
    `object.x.matches('${'(a|b)*'.repeat(10_000)}')`,
    'true || '.repeat(20_000),
  ];
  for (const expression of heavy) {
    const started = performance.now();
    expect(await review(policy({ validations: [{ expression }] }))).toHaveProperty('allowed');
    expect(performance.now() - started, expression.slice(0, 40)).toBeLessThan(3000);
  }
});
