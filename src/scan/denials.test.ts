import { describe, expect, it } from 'vitest';
import { type DenialEvent, MAX_DENIALS, withDenials } from './denials.ts';

const NOTE = 'require-probe: Container "web" has no probe; or: two; strict: Too much';

function event(uid: string, time: string, more: Partial<DenialEvent> = {}): DenialEvent {
  const regarding = { kind: 'Deployment', namespace: 'shop', name: 'web' };
  return { metadata: { uid }, regarding, note: NOTE, eventTime: time, ...more };
}
const denials = (...events: readonly DenialEvent[]) => withDenials([], events).map(({ denial }) => denial);

describe('a denial', () => {
  it('says who was refused, by which policies, and how often', () => {
    const series = { count: 3, lastObservedTime: '2026-01-01T00:05:00Z' };
    expect(denials(event('1', '2026-01-01T00:00:00Z', { series }))).toEqual([
      {
        time: Date.parse('2026-01-01T00:05:00Z'),
        namespace: 'shop',
        object: 'Deployment shop/web',
        policies: ['or', 'require-probe', 'strict'],
        message: NOTE,
        count: 3,
      },
    ]);
  });

  it('of several replicas is one, the latest first', () => {
    const other = event('3', '2026-01-01T00:02:00Z', { regarding: { kind: 'ClusterRole', name: 'admin' } });
    const found = denials(event('1', '2026-01-01T00:00:00Z'), event('2', '2026-01-01T00:01:00Z'), other);
    expect(found.map(({ object, count }) => [object, count])).toEqual([
      ['ClusterRole admin', 1],
      ['Deployment shop/web', 2],
    ]);
  });

  it('is not counted twice when its Event is read again', () => {
    const first = withDenials([], [event('1', '2026-01-01T00:00:00Z')]);
    const series = { count: 2, lastObservedTime: '2026-01-01T00:01:00Z' };
    const [again, ...more] = withDenials(first, [event('1', '2026-01-01T00:00:00Z', { series })]);
    expect([again?.denial.count, more]).toEqual([2, []]);
  });

  it('is kept until there are too many', () => {
    const many = Array.from({ length: MAX_DENIALS + 5 }, (_, index) =>
      event(String(index), new Date(index * 1000).toISOString(), { note: `p: ${index}` }),
    );
    const found = denials(...many);
    expect([found.length, found[0]?.message]).toEqual([MAX_DENIALS, `p: ${MAX_DENIALS + 4}`]);
  });
});
