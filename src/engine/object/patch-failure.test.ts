import { expect, test } from 'vitest';
import type { PatchOperation } from '../decision.ts';
import { applyPatch } from './patch.ts';

const OBJECT = { map: { kept: 1 }, list: ['a'] };

/** What evanphx/json-patch v4 says, as the API server passes it on (the differential test saw most of them). */
const FAILURES: readonly (readonly [PatchOperation, string])[] = [
  [{ op: 'add', path: '/no/x', value: 1 }, 'add operation does not apply: doc is missing path: "/no/x": missing value'],
  [
    { op: 'add', path: '/list/5', value: 1 },
    "error in add for path: '/list/5': Unable to access invalid index: 5: invalid index referenced",
  ],
  [
    { op: 'add', path: '/list/x', value: 1 },
    "error in add for path: '/list/x': value was not a proper array index: 'x': strconv.Atoi: parsing \"x\": invalid syntax",
  ],
  [{ op: 'remove', path: '/no/x' }, 'remove operation does not apply: doc is missing path: "/no/x": missing value'],
  [
    { op: 'remove', path: '/map/x' },
    "error in remove for path: '/map/x': Unable to remove nonexistent key: x: missing value",
  ],
  [
    { op: 'remove', path: '/list/1' },
    "error in remove for path: '/list/1': Unable to access invalid index: 1: invalid index referenced",
  ],
  [
    { op: 'remove', path: '/list/x' },
    'error in remove for path: \'/list/x\': strconv.Atoi: parsing "x": invalid syntax',
  ],
  [
    { op: 'replace', path: '/no/x', value: 1 },
    'replace operation does not apply: doc is missing path: /no/x: missing value',
  ],
  [
    { op: 'replace', path: '/list/1', value: 1 },
    'replace operation does not apply: doc is missing key: /list/1: missing value',
  ],
  [{ op: 'replace', path: '', value: 1 }, 'replace operation value must be object or array: %!w(<nil>)'],
  [{ op: 'test', path: '/no/x', value: 1 }, 'test operation does not apply: is missing path: /no/x: missing value'],
  [
    { op: 'test', path: '/list/1', value: 1 },
    "error in test for path: '/list/1': Unable to access invalid index: 1: invalid index referenced",
  ],
  [{ op: 'test', path: '/map/kept', value: 2 }, 'testing value /map/kept failed: test failed'],
  [
    { op: 'move', from: '/no/x', path: '/map/y' },
    'move operation does not apply: doc is missing from path: /no/x: missing value',
  ],
  [
    { op: 'move', from: '/map/x', path: '/map/y' },
    "error in move for path: 'x': Unable to remove nonexistent key: x: missing value",
  ],
  [
    { op: 'move', from: '/list/1', path: '/map/y' },
    "error in move for path: '1': Unable to access invalid index: 1: invalid index referenced",
  ],
  [
    { op: 'move', from: '/map/kept', path: '/no/y' },
    'move operation does not apply: doc is missing destination path: /no/y: missing value',
  ],
  [
    { op: 'move', from: '/map/kept', path: '/list/9' },
    "error in move for path: '/list/9': Unable to access invalid index: 9: invalid index referenced",
  ],
  [
    { op: 'copy', from: '/no/x', path: '/map/y' },
    'copy operation does not apply: doc is missing from path: /no/x: missing value',
  ],
  [
    { op: 'copy', from: '/list/1', path: '/map/y' },
    "error in copy for from: '/list/1': Unable to access invalid index: 1: invalid index referenced",
  ],
  [
    { op: 'copy', from: '/map/kept', path: '/no/y' },
    'copy operation does not apply: doc is missing destination path: /no/y: missing value',
  ],
  [
    { op: 'copy', from: '/map/kept', path: '/list/9' },
    'error while adding value during copy: Unable to access invalid index: 9: invalid index referenced',
  ],
];

test.each(FAILURES)('%j fails in the words of the API server', (operation, original) => {
  expect(applyPatch(OBJECT, [operation])).toMatchObject({ ok: false, original });
});
