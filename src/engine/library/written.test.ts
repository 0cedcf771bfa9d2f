import { describe, expect, it } from 'vitest';
import type { JsonMap } from '../../cel/value.ts';
import { withDefaults } from '../object/defaults.ts';
import { Written } from './written.ts';

const LIMIT = ['spec', 'revisionHistoryLimit'];
const POLICY = ['spec', 'template', 'spec', 'containers', '1', 'terminationMessagePolicy'];

function deployment(metadata: JsonMap): JsonMap {
  const containers = [{ name: 'proxy' }, { name: 'web', terminationMessagePolicy: 'File' }];
  return {
    metadata: { name: 'web', ...metadata },
    spec: { revisionHistoryLimit: 10, template: { spec: { containers } } },
  };
}

function managed(operation: string, fieldsV1: JsonMap, subresource = ''): JsonMap {
  return { managedFields: [{ manager: 'kubectl', operation, subresource, fieldsType: 'FieldsV1', fieldsV1 }] };
}

function lastApplied(configuration: JsonMap | string): JsonMap {
  const text = typeof configuration === 'string' ? configuration : JSON.stringify(configuration);
  return { annotations: { 'kubectl.kubernetes.io/last-applied-configuration': text } };
}

const fromFile = (object: JsonMap): Written =>
  new Written(withDefaults({ apiVersion: 'apps/v1', kind: 'Deployment', ...object }), object);

describe('a field at its default value was written by the user', () => {
  it.each<[string, JsonMap, boolean | undefined]>([
    ['server-side apply with it', managed('Apply', { 'f:spec': { 'f:revisionHistoryLimit': {} } }), true],
    ['server-side apply without it', managed('Apply', { 'f:spec': { 'f:replicas': {} } }), false],
    ['server-side apply of its scale only', managed('Apply', { 'f:spec': { 'f:replicas': {} } }, 'scale'), undefined],
    ['an update that lists it', managed('Update', { 'f:spec': { 'f:revisionHistoryLimit': {} } }), undefined],
    ['client-side apply with it', lastApplied({ spec: { revisionHistoryLimit: 10 } }), true],
    ['client-side apply without it', lastApplied({ spec: {} }), false],
    ['an annotation that is no JSON', lastApplied('{'), undefined],
    ['a null in the annotation', lastApplied({ spec: { revisionHistoryLimit: null } }), false],
    ['no evidence', {}, undefined],
  ])('%s', (_case, metadata, expected) => {
    expect(new Written(deployment(metadata)).sets(LIMIT)).toBe(expected);
  });

  it('finds list items by their keys, in whatever order they were applied', () => {
    const fields = {
      'f:spec': {
        'f:template': {
          'f:spec': { 'f:containers': { 'k:{"name":"web"}': { '.': {}, 'f:terminationMessagePolicy': {} } } },
        },
      },
    };
    const other = {
      'f:spec': {
        'f:template': { 'f:spec': { 'f:containers': { 'k:{"name":"proxy"}': { 'f:terminationMessagePolicy': {} } } } },
      },
    };
    const containers = [{ name: 'web', terminationMessagePolicy: 'File' }, { name: 'proxy' }];
    expect(new Written(deployment(managed('Apply', fields))).sets(POLICY)).toBe(true);
    expect(new Written(deployment(managed('Apply', other))).sets(POLICY)).toBe(false);
    const applied = lastApplied({ spec: { template: { spec: { containers } } } });
    expect(new Written(deployment(applied)).sets(POLICY)).toBe(true);
  });

  it('takes an atomic field for written with all that is in it', () => {
    const fields = { 'f:spec': { 'f:template': { 'f:spec': { 'f:containers': {} } } } };
    expect(new Written(deployment(managed('Apply', fields))).sets(POLICY)).toBe(true);
  });
});

describe('a file is as its user wrote it', () => {
  it('sets what it holds', () => {
    expect(fromFile(deployment({})).sets(LIMIT)).toBe(true);
    expect(fromFile({ metadata: {}, spec: {} }).sets(LIMIT)).toBe(false);
  });

  it('unless it was read back from a server', () => {
    expect(fromFile(deployment({ uid: 'a7' })).sets(LIMIT)).toBeUndefined();
    expect(fromFile(deployment(managed('Update', {}))).sets(LIMIT)).toBeUndefined();
    expect(fromFile(deployment(lastApplied({ spec: {} }))).sets(LIMIT)).toBe(false);
  });
});

it('knows nothing of an object that is gone', () => {
  expect(new Written(null).sets(LIMIT)).toBeUndefined();
});
