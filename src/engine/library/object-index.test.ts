import { describe, expect, it } from 'vitest';
import type { JsonMap } from '../../cel/value.ts';
import type { KubernetesObject } from '../decision.ts';
import { byField, bySelector } from './object-index.ts';

const pod = (name: string, labels?: JsonMap): KubernetesObject => ({
  kind: 'Pod',
  metadata: { name, ...(labels && { labels }) },
});
const namesOf = (objects: readonly KubernetesObject[]) =>
  objects.map(({ metadata }) => (metadata as { name: string }).name);

/** The answer to the first question, which goes through the list, and those to later ones, which have an index: the same. */
function everyTime(ask: () => readonly KubernetesObject[]): readonly string[] {
  const answers = [ask(), ask(), ask()].map(namesOf);
  expect(answers[1]).toEqual(answers[0]);
  expect(answers[2]).toEqual(answers[0]);
  return answers[0] ?? [];
}

/** A hundred objects, and how often their metadata has been looked at. */
function counting(metadataOf: (index: number) => JsonMap) {
  let looks = 0;
  const objectOf = (index: number): KubernetesObject => ({
    get metadata() {
      looks += 1;
      return metadataOf(index);
    },
  });
  return { objects: Array.from({ length: 100 }, (_, index) => objectOf(index)), looks: () => looks };
}

describe('byField', () => {
  const autoscalers: KubernetesObject[] = [
    { metadata: { name: 'a' }, spec: { scaleTargetRef: { name: 'web' } } },
    { metadata: { name: 'b' }, spec: { scaleTargetRef: { name: 'worker' } } },
    { metadata: { name: 'c' }, spec: { scaleTargetRef: { name: 'web' } } },
    { metadata: { name: 'd' }, spec: { scaleTargetRef: { name: 5 } } },
    { metadata: { name: 'e' }, spec: null },
    { metadata: { name: 'f' } },
  ];

  it.each([
    ['spec.scaleTargetRef.name', 'web', ['a', 'c']],
    ['spec.scaleTargetRef.name', 'nobody', []],
    ['spec.scaleTargetRef.name', '5', []],
    ['spec.scaleTargetRef', 'web', []],
    ['spec.scaleTargetRef.name.first', 'web', []],
    ['metadata.name', 'f', ['f']],
    ['constructor.name', 'Object', []],
    ['', 'web', []],
  ])('%s = %s', (field, text, names) => {
    expect(everyTime(() => byField(autoscalers, field, text))).toEqual(names);
  });

  it('goes into lists, and tells of an object once', () => {
    const ingresses: KubernetesObject[] = [
      { metadata: { name: 'a' }, spec: { rules: [{ host: 'x.com' }, { host: 'y.com' }, { host: 'x.com' }, {}] } },
      { metadata: { name: 'b' }, spec: { rules: [{ host: 'y.com' }] } },
      { metadata: { name: 'c' }, spec: { rules: [] } },
    ];
    expect(everyTime(() => byField(ingresses, 'spec.rules.host', 'x.com'))).toEqual(['a']);
    expect(everyTime(() => byField(ingresses, 'spec.rules.host', 'y.com'))).toEqual(['a', 'b']);
  });

  it('looks twice at each object, however often it is asked', () => {
    const { objects, looks } = counting((index) => ({ name: `n${index % 10}` }));
    for (let time = 0; time < 50; time++) expect(byField(objects, 'metadata.name', `n${time % 10}`)).toHaveLength(10);
    expect(looks()).toBe(200);
  });
});

describe('bySelector', () => {
  const pods = [
    pod('a', { app: 'web', tier: 'front' }),
    pod('b', { app: 'web', tier: 'back' }),
    pod('c', { app: 'db', tier: 'back' }),
    pod('d', { app: 7 }),
    pod('e'),
  ];

  it.each([
    [{}, ['a', 'b', 'c', 'd', 'e']],
    [{ matchLabels: { app: 'web' } }, ['a', 'b']],
    [{ matchLabels: { tier: 'back', app: 'web' } }, ['b']],
    [{ matchLabels: { app: 'web', none: 'x' } }, []],
    [{ matchLabels: { app: '7' } }, []],
    [{ matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['web'] }] }, ['c', 'd', 'e']],
    [{ matchLabels: { tier: 'back' }, matchExpressions: [{ key: 'app', operator: 'In', values: ['db', 'x'] }] }, ['c']],
  ] as const)('%j', (selector, names) => {
    expect(everyTime(() => bySelector(pods, ['v1', 'pods'], selector))).toEqual(names);
  });

  it('asks for the labels of the Pods, where the kind makes some', () => {
    const labels = { app: 'web' };
    const template = { metadata: { labels } };
    const deployments: KubernetesObject[] = [
      { metadata: { name: 'a' }, spec: { template } },
      { metadata: { name: 'b', labels }, spec: { template: {} } },
      { metadata: { name: 'c', labels } },
    ];
    const cronJobs: KubernetesObject[] = [{ metadata: { name: 'd' }, spec: { jobTemplate: { spec: { template } } } }];
    const selector = { matchLabels: labels };
    expect(everyTime(() => bySelector(deployments, ['apps/v1', 'deployments'], selector))).toEqual(['a']);
    expect(everyTime(() => bySelector(deployments, ['v1', 'services'], selector))).toEqual(['b', 'c']);
    expect(everyTime(() => bySelector(cronJobs, ['batch/v1', 'cronjobs'], selector))).toEqual(['d']);
    const ofVolcano = ['batch.volcano.sh/v1alpha1', 'jobs'] as const;
    expect(everyTime(() => bySelector([...deployments], ofVolcano, selector))).toEqual(['b', 'c']);
  });

  it('looks at few objects where a label of the selector is that of few', () => {
    const { objects, looks } = counting((index) => ({ labels: { 'part-of': 'shop', app: `a${index}` } }));
    const ask = (app: string) => bySelector(objects, ['v1', 'pods'], { matchLabels: { 'part-of': 'shop', app } });
    for (let time = 0; time < 50; time++) expect(ask(`a${time}`)).toHaveLength(1);
    expect(looks()).toBe(100 + 100 + 49);
  });
});
