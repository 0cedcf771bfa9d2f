import type { Library } from '../function.ts';
import { UINT_MAX } from '../number.ts';
import { BOOL, INT, STRING } from '../type.ts';
import { Boxed, CelError, type Result, type Value } from '../value.ts';
import { readsFirst } from './cost.ts';
import { declare, foldable, global, member } from './declare.ts';
import { SEMVER_TYPE } from './kubernetes-types.ts';
import { comparisons } from './ordered.ts';
import { narrowed } from './quantity-value.ts';
import { quote } from './quote.ts';

/** A semantic version 2.0; numbers are uint64. Build metadata is checked, then forgotten: it has no precedence. */
export class Semver extends Boxed {
  readonly typeName = 'kubernetes.Semver';
  readonly numbers: readonly [bigint, bigint, bigint];
  /** The parts of the pre-release; numeric ones as bigints. */
  readonly prerelease: readonly (string | bigint)[];

  constructor(numbers: readonly [bigint, bigint, bigint], prerelease: readonly (string | bigint)[]) {
    super();
    this.numbers = numbers;
    this.prerelease = prerelease;
  }

  override equals(other: Value): boolean {
    return other instanceof Semver && compareSemvers(this, other) === 0;
  }

  override comparable(other: Value): boolean {
    return other instanceof Semver;
  }
}

/** -1, 0 or 1 by the precedence of semver.org. */
function compareSemvers(a: Semver, b: Semver): number {
  for (let index = 0; index < 3; index++) {
    const difference = order(a.numbers[index] ?? 0n, b.numbers[index] ?? 0n);
    if (difference !== 0) return difference;
  }
  return comparePrereleases(a.prerelease, b.prerelease);
}

function comparePrereleases(a: Semver['prerelease'], b: Semver['prerelease']): number {
  if (a.length === 0 || b.length === 0) return order(b.length, a.length);
  for (const [index, part] of a.entries()) {
    const other = b[index];
    if (other === undefined) return 1;
    const difference = typeof part === typeof other ? order(part, other) : typeof part === 'bigint' ? -1 : 1;
    if (difference !== 0) return difference;
  }
  return order(a.length, b.length);
}

function order<T extends string | bigint | number>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Parses what semver.org allows. Returns the version, or the message of the error. */
function parseSemver(text: string): Semver | string {
  if (text === '') return 'Version string empty';
  const [major, minor, rest] = parts(text);
  if (major === undefined || minor === undefined || rest === undefined) return 'No Major.Minor.Patch elements found';
  const [release, build] = cut(rest, '+');
  const [patch, prerelease] = cut(release, '-');
  const numbers: bigint[] = [];
  for (const [name, digits] of [['major', major] as const, ['minor', minor] as const, ['patch', patch] as const]) {
    const number = parseNumber(name, digits);
    if (typeof number === 'string') return number;
    numbers.push(number);
  }
  const identifiers = prerelease === undefined ? [] : parsePrerelease(prerelease);
  if (typeof identifiers === 'string') return identifiers;
  const problem = build === undefined ? undefined : buildProblem(build);
  return problem ?? new Semver(numbers as [bigint, bigint, bigint], identifiers);
}

/** At the first two points: whatever follows them is one part. */
function parts(text: string): string[] {
  const all = text.split('.');
  return all.length <= 3 ? all : [...all.slice(0, 2), all.slice(2).join('.')];
}

function cut(text: string, separator: string): readonly [string, string | undefined] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

function parseNumber(name: 'major' | 'minor' | 'patch', digits: string): bigint | string {
  if (!/^[0-9]*$/.test(digits)) return `Invalid character(s) found in ${name} number ${quote(digits)}`;
  if (hasLeadingZero(digits)) {
    return `${name[0]?.toUpperCase()}${name.slice(1)} number must not contain leading zeroes ${quote(digits)}`;
  }
  return parseUint(digits);
}

function parseUint(digits: string): bigint | string {
  if (digits === '') return 'strconv.ParseUint: parsing "": invalid syntax';
  const number = BigInt(digits);
  return number > UINT_MAX ? `strconv.ParseUint: parsing ${quote(digits)}: value out of range` : number;
}

function hasLeadingZero(digits: string): boolean {
  return digits.length > 1 && digits.startsWith('0');
}

function parsePrerelease(text: string): (string | bigint)[] | string {
  const identifiers: (string | bigint)[] = [];
  for (const part of text.split('.')) {
    const identifier = parseIdentifier(part);
    if (typeof identifier === 'object') return identifier.problem;
    identifiers.push(identifier);
  }
  return identifiers;
}

function parseIdentifier(part: string): string | bigint | { readonly problem: string } {
  if (part === '') return { problem: 'Prerelease is empty' };
  if (!/^[0-9A-Za-z-]+$/.test(part)) return { problem: `Invalid character(s) found in prerelease ${quote(part)}` };
  if (!/^[0-9]+$/.test(part)) return part;
  if (hasLeadingZero(part)) {
    return { problem: `Numeric PreRelease version must not contain leading zeroes ${quote(part)}` };
  }
  const number = parseUint(part);
  return typeof number === 'string' ? { problem: number } : number;
}

function buildProblem(build: string): string | undefined {
  for (const part of build.split('.')) {
    if (part === '') return 'Build meta data is empty';
    if (!/^[0-9A-Za-z-]+$/.test(part)) return `Invalid character(s) found in build meta data ${quote(part)}`;
  }
  return undefined;
}

/** Drops a leading `v` and leading zeros, and adds a missing minor and patch: `v1.02` is `1.2.0`. */
function parseNormalized(text: string): Semver | string {
  const numbers = parts(text.startsWith('v') ? text.slice(1) : text).map(withoutLeadingZeros);
  if (numbers.length < 3 && /[+-]/.test(numbers.at(-1) ?? '')) {
    return 'short version cannot contain PreRelease/Build meta data';
  }
  while (numbers.length < 3) numbers.push('0');
  return parseSemver(numbers.join('.'));
}

function withoutLeadingZeros(part: string): string {
  if (part.length < 2) return part;
  const rest = part.replace(/^0+/, '');
  return /^[0-9]/.test(rest) ? rest : `0${rest}`;
}

/**
 * `semver(<string>) -> <Semver>`, `semver(<string>, <bool>) -> <Semver>`; true normalizes first. Errors: what is wrong,
 * as Kubernetes words it: `No Major.Minor.Patch elements found`…
 */
function semver(text: string, normalize = false): Result {
  const parsed = normalize ? parseNormalized(text) : parseSemver(text);
  return typeof parsed === 'string' ? new CelError(parsed) : parsed;
}

/** `isSemver(<string>) -> <bool>`, `isSemver(<string>, <bool>) -> <bool>`: whether `semver` takes it. */
function isSemver(text: string, normalize = false): Result {
  return semver(text, normalize) instanceof Semver;
}

/** `<Semver>.major() -> <int>`, and so `minor` and `patch`; a number beyond int64 wraps, as in Kubernetes. */
function numberAt(index: 0 | 1 | 2): (version: Semver) => Result {
  return (version) => narrowed(BigInt.asIntN(64, version.numbers[index]));
}

const S = SEMVER_TYPE;

/** Kubernetes' `semver` library, since 1.33 and with `normalize` since then too. All but the parsers cost 1. */
export const SEMVER: Library = {
  name: 'semver',
  functions: [
    declare(
      'semver',
      [
        foldable(global('string_to_semver', [STRING], S, semver)),
        foldable(global('string_bool_to_semver', [STRING, BOOL], S, semver)),
      ],
      readsFirst,
    ),
    declare(
      'isSemver',
      [
        global('is_semver_string', [STRING], BOOL, isSemver),
        global('is_semver_string_bool', [STRING, BOOL], BOOL, isSemver),
      ],
      readsFirst,
    ),
    declare('major', [member('semver_major', [S], INT, numberAt(0))]),
    declare('minor', [member('semver_minor', [S], INT, numberAt(1))]),
    declare('patch', [member('semver_patch', [S], INT, numberAt(2))]),
    ...comparisons('semver', S, compareSemvers),
  ],
};
