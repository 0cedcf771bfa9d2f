import { afterEach, describe, expect, it, vi } from 'vitest';
import { smallPolicy } from '../../test/support/policies.ts';
import { formatProblem } from '../policy/problem.ts';
import type { LiveObject } from '../policy/resource.ts';
import { RECOMMENDED } from '../policy/settings.ts';
import { type LiveCatalog, type LiveCatalogOptions, openLiveCatalog } from './live-catalog.ts';
import type { Feed } from './live-resource.ts';

interface Shelf extends Feed {
  /** Everything that is there from now on; undefined for "not known". */
  put(objects: readonly LiveObject[] | undefined): void;
}

function shelf(objects?: readonly LiveObject[]): Shelf {
  const listeners: (() => void)[] = [];
  let there = objects;
  return {
    list: () => there,
    onChange: (listener) => void listeners.push(listener),
    put: (next) => {
      there = next;
      for (const listener of listeners) listener();
    },
    stop: () => undefined,
  };
}

function policy(name: string, expression?: string, generation = 1, uid = name): LiveObject {
  const metadata = { name, uid, generation, managedFields: [] };
  return { ...smallPolicy(name, expression), metadata, status: { findings: 1 } } as unknown as LiveObject;
}

function exception(name: string, policyName: string, generation = 1): LiveObject {
  const spec = { policies: [{ name: policyName }], reason: 'R.', owner: 'o', expiresAt: '2037-01-01T00:00:00Z' };
  const metadata = { name, namespace: 'shop', uid: name, generation };
  return { apiVersion: 'tidegate.dev/v1alpha1', kind: 'PolicyException', metadata, spec } as LiveObject;
}

let catalog: LiveCatalog;
afterEach(() => catalog?.stop());

function open(policies: Feed, exceptions: Feed = shelf([]), more: Partial<LiveCatalogOptions> = {}): LiveCatalog {
  const opened = openLiveCatalog({ settings: RECOMMENDED, paths: [], builtin: false, policies, exceptions, ...more });
  if (!opened.ok) throw new Error(opened.problems.map(formatProblem).join('\n'));
  catalog = opened.catalog;
  return catalog;
}

const ids = (): readonly string[] => catalog.current().policies.map(({ id }) => id);
const texts = (name: string): readonly string[] =>
  catalog
    .states()
    .find((state) => state.name === name)
    ?.problems.map(formatProblem) ?? [];

describe('openLiveCatalog', () => {
  it('is synced when both collections have been listed and compiled', async () => {
    const [policies, exceptions] = [shelf(), shelf()];
    open(policies, exceptions);
    let synced = false;
    void catalog.synced.then(() => {
      synced = true;
    });
    policies.put([policy('a')]);
    await vi.waitFor(() => expect(ids()).toEqual(['a']));
    expect(synced).toBe(false);
    exceptions.put([exception('legacy', 'a')]);
    await catalog.synced;
    expect(catalog.exceptions()).toHaveLength(1);
  });

  it('compiles only what has changed, and swaps the set whole', async () => {
    const policies = shelf([policy('a'), policy('b')]);
    await open(policies).synced;
    const first = catalog.current();
    const seen: unknown[] = [];
    catalog.onChange((set) => seen.push(set));
    policies.put([policy('a'), policy('b', 'has(object.spec.y)', 2), policy('c')]);
    await vi.waitFor(() => expect(ids()).toEqual(['a', 'b', 'c']));
    expect(first.policies).toHaveLength(2);
    const [a, b] = catalog.current().policies;
    expect(a?.validations).toBe(first.policies[0]?.validations);
    expect(b?.validations).not.toBe(first.policies[1]?.validations);
    expect(seen).toEqual([catalog.current()]);
    policies.put([policy('c')]);
    await vi.waitFor(() => expect(ids()).toEqual(['c']));
  });

  it('does nothing about a new status', async () => {
    const policies = shelf([policy('a')]);
    await open(policies).synced;
    const first = catalog.current();
    const heard = vi.fn();
    catalog.onChange(heard);
    policies.put([{ ...policy('a'), status: { action: 'Deny' } }]);
    await vi.waitFor(() => expect(catalog.states()[0]?.object.status).toEqual({ action: 'Deny' }));
    expect(catalog.current()).toBe(first);
    expect(heard).not.toHaveBeenCalled();
  });

  it('follows a burst in few rounds', async () => {
    const policies = shelf([]);
    await open(policies).synced;
    const heard = vi.fn();
    catalog.onChange(heard);
    const all = Array.from({ length: 100 }, (_, index) => policy(`p-${index}`));
    for (let count = 1; count <= all.length; count++) policies.put(all.slice(0, count));
    await vi.waitFor(() => expect(ids()).toHaveLength(100), { timeout: 10_000 });
    expect(heard.mock.calls.length).toBeLessThan(5);
  });

  it('keeps the last good version of a broken policy, says what is wrong and where, and takes the next good one', async () => {
    const policies = shelf([policy('a'), policy('b')]);
    await open(policies).synced;
    policies.put([policy('a', 'object.spec.x\n  == nosuch', 2), policy('b', 'true', 2)]);
    await vi.waitFor(() => expect(texts('a')).toHaveLength(1));
    expect(catalog.states()).toMatchObject([
      { name: 'a', generation: 2, ready: false, inForce: 'previous', action: 'Deny' },
      { name: 'b', generation: 2, ready: true, inForce: 'current', action: 'Deny', problems: [] },
    ]);
    expect(ids()).toEqual(['a', 'b']);
    expect(texts('a')).toEqual([
      "Policy/a: spec.validations[0].expression:2:6: undeclared reference to 'nosuch' (in container '')\n      == nosuch\n         ^",
    ]);
    policies.put([policy('a', 'true', 3), policy('b', 'true', 2)]);
    await vi.waitFor(() => expect(catalog.states()[0]).toMatchObject({ ready: true, inForce: 'current' }));
  });

  it('has nothing in force of a policy that never was right, nor of one that was made anew', async () => {
    const policies = shelf([policy('a', 'nothing'), policy('b')]);
    await open(policies).synced;
    expect(catalog.states()[0]).toMatchObject({ name: 'a', ready: false, inForce: 'none', action: 'Off' });
    policies.put([policy('b', 'nothing', 1, 'another')]);
    await vi.waitFor(() => expect(ids()).toEqual([]));
  });

  it('names the path of what does not fit the schema', async () => {
    const wrong = policy('a') as unknown as { spec: Record<string, unknown> };
    wrong.spec['severity'] = 'huge';
    await open(shelf([wrong as unknown as LiveObject])).synced;
    expect(texts('a')).toEqual([
      'Policy/a: spec.severity: must be one of high, medium, low, is "huge" (did you mean "high"?)',
    ]);
  });

  it('leaves out what has the name of a policy that it was started with', async () => {
    await open(shelf([policy('require-readiness-probe')]), undefined, { builtin: true }).synced;
    expect(catalog.states()).toMatchObject([{ ready: false, taken: true, inForce: 'none' }]);
    expect(texts('require-readiness-probe').join()).toContain('TIDEGATE_BUILTIN=false');
    expect(catalog.current().policies.filter(({ id }) => id === 'require-readiness-probe')).toHaveLength(1);
  });

  it('applies settings by name, and warns of those that name no policy', async () => {
    const settings = {
      ...RECOMMENDED,
      policies: { a: { enforcement: { action: 'Warn' as const } }, gone: {} },
    };
    await open(shelf([policy('a')]), shelf([exception('e', 'nobody')]), { settings }).synced;
    expect(catalog.states()).toMatchObject([{ name: 'a', action: 'Warn' }]);
    expect(catalog.warnings().map(formatProblem)).toEqual(['settings: policies: no policy is called "gone"']);
    expect(catalog.exceptionStates()[0]?.unknown.map(formatProblem)).toEqual([
      'PolicyException/shop/e: spec.policies[0].name: no policy is called "nobody"',
    ]);
  });

  it('keeps what it knew while nothing is known', async () => {
    const policies = shelf([policy('a')]);
    const exceptions = shelf([exception('e', 'a')]);
    await open(policies, exceptions).synced;
    policies.put(undefined);
    exceptions.put([exception('e', 'a'), exception('f', 'a')]);
    await vi.waitFor(() => expect(catalog.exceptions()).toHaveLength(2));
    expect(ids()).toEqual(['a']);
  });

  it('leaves out a broken exception, and nothing else', async () => {
    const broken = exception('e', 'a') as unknown as { spec: Record<string, unknown> };
    broken.spec['expiresAt'] = '2037-02-31T25:00:00Z';
    await open(shelf([policy('a')]), shelf([broken as unknown as LiveObject, exception('f', 'a')])).synced;
    expect(catalog.exceptions().map(({ exception: one }) => one.metadata.name)).toEqual(['f']);
    expect(catalog.exceptionStates()[0]?.problems.map(formatProblem)).toEqual([
      'PolicyException/shop/e: spec.expiresAt: 2037-02-31T25:00:00Z is no time (such as 2026-12-31T00:00:00Z)',
    ]);
  });
});
