/** Policies that ask the authorizer, before a source that counts what it is asked. */
import { describe, expect, it } from 'vitest';
import { pod, policy, requestOf, setOf } from '../../test/support/policies.ts';
import type { AccessDecision } from '../cel/library/authorization.ts';
import type { JsonMap } from '../cel/value.ts';
import type { AccessReviewSpec } from './access-review.ts';
import type { Door } from './admit.ts';
import { type ClusterView, noCluster } from './cluster-view.ts';
import { judge } from './judge.ts';
import type { Secrets } from './secrets.ts';

const resourceRules = [{ apiGroups: [''], apiVersions: ['v1'], operations: ['*'], resources: ['pods'] }];
const asking = (expression: string, name = 'asking'): JsonMap =>
  policy(name, { matchConstraints: { resourceRules }, validations: [{ expression }] });
const USER: JsonMap = {
  username: 'jane',
  uid: '7',
  groups: ['shop', 'system:authenticated'],
  extra: { scopes: ['a'] },
};
const REQUEST = requestOf(pod([]), null, { userInfo: USER });
const YES: AccessDecision = { allowed: true, reason: 'a role' };
const NO: AccessDecision = { allowed: false, reason: '' };

type Answer = (spec: AccessReviewSpec, signal: AbortSignal) => Promise<AccessDecision>;

/** What comes of it, and what was asked. */
function judged(policies: readonly JsonMap[], answer: Answer = async () => YES, door: Door = 'validate') {
  const specs: AccessReviewSpec[] = [];
  const review: Answer = (spec, signal) => {
    specs.push(spec);
    return answer(spec, signal);
  };
  const cluster = { ...noCluster, accessReviews: { review } };
  return { admission: judge(door, setOf(policies), REQUEST, cluster), specs };
}

function verb({ nonResourceAttributes, resourceAttributes }: AccessReviewSpec): unknown {
  return (nonResourceAttributes ?? resourceAttributes)?.['verb'];
}

const path = (verbs: string): string => `authorizer.path('/x').check('${verbs}').allowed()`;

describe('judge, where policies ask the authorizer,', () => {
  it('answers at once where nothing is asked', () => {
    const { admission, specs } = judged([asking('true')]);
    expect(admission).not.toBeInstanceOf(Promise);
    expect(admission).toMatchObject({ verdict: 'allowed' });
    expect(specs).toEqual([]);
  });

  it('answers at once that it cannot judge where there is nobody to ask', () => {
    const admission = judge('validate', setOf([asking(path('get'))]), REQUEST, noCluster);
    expect(admission).toMatchObject({ verdict: 'allowed', notJudged: [{ policy: 'asking' }] });
  });

  it('asks, and judges by the answer, at both doors', async () => {
    expect(await judged([asking(path('get'))]).admission).toMatchObject({ verdict: 'allowed', notJudged: [] });
    expect(await judged([asking(path('get'))], async () => NO).admission).toMatchObject({ verdict: 'denied' });
    const label = `[JSONPatch{op: 'add', path: '/metadata/labels', value: {'allowed': string(${path('get')})}}]`;
    const mutating = policy('set-label', {
      matchConstraints: { resourceRules },
      mutations: [{ jsonPatch: { expression: label } }],
    });
    expect(await judged([mutating], undefined, 'mutate').admission).toMatchObject({ verdict: 'patched' });
  });

  it('asks for the user of the request, or for a service account as the API server knows it', async () => {
    const resource = "group('apps').resource('deployments').namespace('shop').labelSelector('a=b').check('list')";
    const account = "authorizer.serviceAccount('shop', 'builder').path('/x').check('get')";
    const { admission, specs } = judged([asking(`[authorizer.${resource}, ${account}].all(d, d.allowed())`)]);
    await admission;
    expect(specs).toEqual([
      {
        user: 'jane',
        uid: '7',
        groups: ['shop', 'system:authenticated'],
        extra: { scopes: ['a'] },
        resourceAttributes: {
          group: 'apps',
          version: '*',
          resource: 'deployments',
          subresource: '',
          namespace: 'shop',
          name: '',
          verb: 'list',
          labelSelector: { rawSelector: 'a=b' },
        },
      },
      {
        user: 'system:serviceaccount:shop:builder',
        groups: ['system:serviceaccounts', 'system:serviceaccounts:shop'],
        nonResourceAttributes: { verb: 'get', path: '/x' },
      },
    ]);
  });

  it('asks the same only once, whoever asks, and all at the same time', async () => {
    let waiting = 0;
    const together = Promise.withResolvers<AccessDecision>();
    const { admission, specs } = judged(
      [asking(`${path('get')} && ${path('list')}`, 'one'), asking(`${path('list')} && ${path('get')}`, 'two')],
      () => {
        waiting += 1;
        if (waiting === 2) together.resolve(YES);
        return together.promise;
      },
    );
    expect(await admission).toMatchObject({ verdict: 'allowed', notJudged: [] });
    expect(specs.map(verb)).toEqual(['get', 'list']);
  });

  it('asks further where an answer leads to another question', async () => {
    const { admission, specs } = judged(
      [asking(`${path('get')} ? !${path('list')} : ${path('never')}`)],
      async (spec) => (verb(spec) === 'get' ? YES : NO),
    );
    expect(await admission).toMatchObject({ verdict: 'allowed', notJudged: [] });
    expect(specs.map(verb)).toEqual(['get', 'list']);
  });

  it('leaves unjudged what leads from question to question without an end in sight', async () => {
    const variables = Array.from({ length: 12 }, (_, index) => ({
      name: `v${index}`,
      expression: index === 0 ? path('v0') : `variables.v${index - 1} ? ${path(`v${index}`)} : false`,
    }));
    const validations = [{ expression: 'variables.v11' }];
    const chain = policy('asking', { matchConstraints: { resourceRules }, variables, validations });
    const { admission, specs } = judged([chain]);
    expect(await admission).toMatchObject({ verdict: 'allowed', notJudged: [{ policy: 'asking' }] });
    expect(specs).toHaveLength(7);
  });

  it('asks no more than two policies may', async () => {
    const many = (name: string): JsonMap =>
      policy(name, {
        matchConstraints: { resourceRules },
        validations: Array.from({ length: 25 }, (_, index) => ({ expression: path(`${name}${index}`) })),
      });
    const { admission, specs } = judged([many('a'), many('b'), many('c')]);
    expect((await admission).notJudged).toHaveLength(75 - 56);
    expect(specs).toHaveLength(56);
  });

  it.each(['errored()', "error().contains('refused')", 'allowed() == false'])(
    'takes an authorizer that cannot be asked for one that failed: %s',
    async (member) => {
      const { admission } = judged([asking(`authorizer.path('/x').check('get').${member}`)], () =>
        Promise.reject(new Error('connection refused')),
      );
      expect(await admission).toMatchObject({ verdict: 'allowed', notJudged: [], findings: [] });
    },
  );

  it('waits no longer than 2 s for all answers together', async () => {
    const never: Answer = (_, signal) =>
      new Promise((_resolve, reject) => {
        if (signal.aborted) reject(signal.reason);
        signal.addEventListener('abort', () => reject(signal.reason));
      });
    const started = performance.now();
    const { admission } = judged([asking(`${path('get')} || ${path('list')}`), asking(path('watch'), 'two')], never);
    expect(await admission).toMatchObject({ verdict: 'denied', findings: [{}, {}] });
    expect(performance.now() - started).toBeLessThan(2500);
  });
});

describe('judge, where policies ask for Secrets,', () => {
  const secret = (name: string): string => `resources.get('v1', 'secrets', 'shop', ${name})`;
  const DB: JsonMap = { kind: 'Secret', metadata: { name: 'db', labels: { next: 'api' } }, data: { password: {} } };

  /** What comes of it, and which Secrets were asked for. */
  function judgedWith(policies: readonly JsonMap[], get: Secrets['get'], more: Partial<ClusterView> = {}) {
    const names: string[] = [];
    const secrets: Secrets = {
      readable: (namespace) => namespace === 'shop',
      get: (namespace, name) => {
        names.push(name);
        return get(namespace, name);
      },
    };
    const cluster = { ...noCluster, secrets, ...more };
    return { admission: judge('validate', setOf(policies), REQUEST, cluster), names };
  }

  it('asks for each once, and judges by what there is', async () => {
    const exists = asking(`${secret("'db'")} != null && 'password' in ${secret("'db'")}.data`, 'one');
    const { admission, names } = judgedWith([exists, asking(`${secret("'none'")} != null`, 'two')], async (_, name) =>
      name === 'db' ? DB : null,
    );
    expect(await admission).toMatchObject({ verdict: 'denied', findings: [{ policy: 'two' }], notJudged: [] });
    expect(names).toEqual(['db', 'none']);
  });

  it('asks for the one that another leads to', async () => {
    const { admission, names } = judgedWith(
      [asking(`${secret(`${secret("'db'")}.metadata.labels.next`)} == null`)],
      async (_, name) => (name === 'db' ? DB : null),
    );
    expect(await admission).toMatchObject({ verdict: 'allowed', notJudged: [] });
    expect(names).toEqual(['db', 'api']);
  });

  it('asks the authorizer in the same round', async () => {
    const specs: AccessReviewSpec[] = [];
    const review = async (spec: AccessReviewSpec): Promise<AccessDecision> => {
      specs.push(spec);
      return YES;
    };
    const { admission, names } = judgedWith(
      [asking(`${secret("'db'")} != null`, 'one'), asking(path('get'), 'two')],
      async () => DB,
      { accessReviews: { review } },
    );
    expect(await admission).toMatchObject({ verdict: 'allowed', notJudged: [] });
    expect([names, specs.map(verb)]).toEqual([['db'], ['get']]);
  });

  it.each<[string, string, Secrets['get']]>([
    ['one that cannot be read', `${secret("'db'")} != null`, () => Promise.reject(new Error('forbidden'))],
    ['a namespace that may not be read', "resources.get('v1', 'secrets', 'bank', 'db') != null", async () => DB],
    ['a list', "resources.list('v1', 'secrets', 'shop').size() > 0", async () => DB],
    ['a Secret of another group', "resources.get('acme.io/v1', 'secrets', 'shop', 'db') != null", async () => DB],
  ])('does not judge by %s', async (_, expression, get) => {
    const { admission, names } = judgedWith([asking(expression)], get);
    expect(await admission).toMatchObject({ verdict: 'allowed', findings: [], notJudged: [{ policy: 'asking' }] });
    expect(names.length).toBeLessThan(2);
  });

  it('does not judge at once where none may be read', () => {
    const admission = judge('validate', setOf([asking(`${secret("'db'")} != null`)]), REQUEST, noCluster);
    expect(admission).toMatchObject({ verdict: 'allowed', notJudged: [{ policy: 'asking' }] });
  });

  it('asks for no more than 32', async () => {
    const many = Array.from({ length: 33 }, (_, index) => asking(`${secret(`'s${index}'`)} == null`, `p${index}`));
    const { admission, names } = judgedWith(many, async () => null);
    expect((await admission).notJudged).toHaveLength(1);
    expect(names).toHaveLength(32);
  });

  it('waits no longer than 2 s', async () => {
    const started = performance.now();
    const { admission } = judgedWith([asking(`${secret("'db'")} != null`)], () => new Promise(() => undefined));
    expect(await admission).toMatchObject({ verdict: 'allowed', notJudged: [{ policy: 'asking' }] });
    expect(performance.now() - started).toBeLessThan(2500);
  });
});
