/** Why a JSON patch cannot be applied: in our words, and in those of the library that the API server applies patches with. */

export interface PatchFailure {
  readonly ok: false;
  /** `test` where a test operation found another value, `path` for all other failures. */
  readonly reason: 'test' | 'path';
  readonly message: string;
  /** As evanphx/json-patch v4 words it: what a MutatingAdmissionPolicy answers. */
  readonly original: string;
}

type Op = 'add' | 'replace' | 'remove' | 'test' | 'move' | 'copy';

/** The way to the last step of the path breaks off; `end` says which path of a move or copy it is. */
export function missingParent(op: Op, path: string, end?: 'from' | 'destination'): PatchFailure {
  const place = path || 'of the whole object';
  const what = op === 'add' || end === 'destination' ? 'add it to' : 'change';
  return failure(
    `${op} ${place}: there is nothing to ${what} at this path`,
    `${op} operation does not apply: ${missingWords(op, path, end)}: missing value`,
  );
}

function missingWords(op: Op, path: string, end: 'from' | 'destination' | undefined): string {
  if (end !== undefined) return `doc is missing ${end} path: ${path}`;
  if (op === 'test') return `is missing path: ${path}`;
  return op === 'replace' ? `doc is missing path: ${path}` : `doc is missing path: "${path}"`;
}

/** A member to remove is not there; `of` a move the library names by its last step alone. */
export function missingMember(of: 'remove' | 'move', path: string, step: string): PatchFailure {
  const place = of === 'move' ? step : path;
  return failure(
    `${of} ${path}: there is nothing at this path`,
    `error in ${of} for path: '${place}': Unable to remove nonexistent key: ${step}: missing value`,
  );
}

/** The last step is no index of the list there. */
export function badIndex(op: Op, path: string, step: string, end?: 'from' | 'destination'): PatchFailure {
  const adds = op === 'add' || end === 'destination';
  return failure(`${op} ${path}: the last step is no index of this list`, indexWords(op, path, step, end, adds));
}

function indexWords(
  op: Op,
  path: string,
  step: string,
  end: 'from' | 'destination' | undefined,
  adds: boolean,
): string {
  const cause = causeWords(step, adds);
  if (op === 'replace') return `replace operation does not apply: doc is missing key: ${path}: missing value`;
  if (op === 'copy')
    return adds ? `error while adding value during copy: ${cause}` : `error in copy for from: '${path}': ${cause}`;
  return `error in ${op} for path: '${end === 'from' ? step : path}': ${cause}`;
}

function causeWords(step: string, adds: boolean): string {
  if (/^[+-]?\d+$/.test(step)) return `Unable to access invalid index: ${Number(step)}: invalid index referenced`;
  const syntax = `strconv.Atoi: parsing ${JSON.stringify(step)}: invalid syntax`;
  return adds ? `value was not a proper array index: '${step}': ${syntax}` : syntax;
}

/** Only an object or a list can be the whole document. */
export function badRoot(): PatchFailure {
  return failure(
    'replace of the whole object: the value must be an object or a list',
    'replace operation value must be object or array: %!w(<nil>)',
  );
}

/** A test operation found another value. */
export function otherValue(path: string): PatchFailure {
  return {
    ok: false,
    reason: 'test',
    message: `test ${path}: the object holds another value`,
    original: `testing value ${path} failed: test failed`,
  };
}

function failure(message: string, original: string): PatchFailure {
  return { ok: false, reason: 'path', message, original };
}
