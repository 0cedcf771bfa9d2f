import type { Library } from '../function.ts';
import { STRING } from '../type.ts';
import { readsFirst } from './cost.ts';
import { declare, global } from './declare.ts';

/** `jsonpatch.escapeKey(<string>) -> <string>`: a key as a segment of a JSON pointer, `~` as `~0` and `/` as `~1`. */
function escapeKey(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}

/** Kubernetes' `jsonpatch` library, for the expressions of mutating policies, since 1.32. */
export const JSON_PATCH: Library = {
  name: 'jsonpatch',
  functions: [
    declare(
      'jsonpatch.escapeKey',
      [global('string_jsonpatch_escapeKey_string', [STRING], STRING, escapeKey)],
      readsFirst,
    ),
  ],
};
