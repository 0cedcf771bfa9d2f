import { describe, expect, it } from 'vitest';
import { hashOf, START, type State, stateOf } from './state.ts';

describe('the state in the address', () => {
  it('is short at the start', () => {
    expect(hashOf(START)).toBe('#');
    expect(stateOf('')).toEqual(START);
  });

  it('comes back as it went', () => {
    const state: State = { ...START, view: 'denied', group: 'file', text: 'a&b=#"ü', namespace: '-', keys: 'off' };
    expect(stateOf(hashOf(state))).toEqual(state);
  });

  it('leaves out what it does not know', () => {
    expect(stateOf('#view=constructor&group=&nobody=1&text=x')).toEqual({ ...START, text: 'x' });
  });
});
