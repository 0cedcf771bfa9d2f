import { expect, it } from 'vitest';
import { COLOURS, PLAIN } from '../report/paint.ts';
import { screenOf } from './terminal.ts';

it.each([
  ['a terminal', { isTTY: true, columns: 80 }, { TERM: 'xterm' }, true, { width: 80, paint: COLOURS }],
  ['a pipe', {}, { TERM: 'xterm' }, true, { width: 120, paint: PLAIN }],
  ['NO_COLOR', { isTTY: true, columns: 90 }, { NO_COLOR: '1' }, true, { width: 90, paint: PLAIN }],
  ['--no-color', { isTTY: true, columns: 90 }, { FORCE_COLOR: '1' }, false, { width: 90, paint: PLAIN }],
  ['FORCE_COLOR', {}, { FORCE_COLOR: '1' }, true, { width: 120, paint: COLOURS }],
  ['COLUMNS', {}, { COLUMNS: '100' }, true, { width: 100, paint: PLAIN }],
  ['a dumb terminal', { isTTY: true, columns: 20 }, { TERM: 'dumb' }, true, { width: 60, paint: PLAIN }],
])('%s', (_name, terminal, env, colour, screen) => {
  expect(screenOf(terminal, env, colour)).toEqual(screen);
});
