/** A policy while it is compiled: what was read, the programs made so far, and everything found wrong with it. */
import type { Program } from '../cel/program.ts';
import type { CheckedPolicy } from '../policy/parse.ts';
import { formatPath, type Path } from '../policy/path.ts';
import type { Position, Problem } from '../policy/problem.ts';
import type { SettingsPlace } from '../policy/settings.ts';
import type { LookupTarget } from './compiled.ts';

export interface Draft {
  readonly source: DraftSource;
  readonly programs: Program[];
  /** By apiVersion and resource. */
  readonly lookups: Map<string, LookupTarget>;
  readonly problems: Problem[];
}

/** What was read, as far as problems need it. */
export interface DraftSource {
  readonly file: string;
  /** As of a PolicySource. */
  readonly checked?: CheckedPolicy;
  locate(path: Path, offset?: number): Position | undefined;
}

export interface Details {
  readonly hint?: string | undefined;
  /** Of the character meant, where the value at the path is a string. */
  readonly offset?: number;
  readonly excerpt?: string;
}

/** Notes a problem at the place of `path` in the policy's file. */
export function report(draft: Draft, path: Path, message: string, { hint, offset, excerpt }: Details = {}): void {
  draft.problems.push({
    file: draft.source.file,
    ...draft.source.locate(path, offset),
    path: formatPath(path),
    message,
    ...(hint && { hint }),
    ...(excerpt && { excerpt }),
  });
}

/** Notes each name that an earlier entry of the list at `path` has taken. */
export function reportDuplicates(draft: Draft, path: Path, names: readonly string[]): void {
  const seen = new Set<string>();
  for (const [index, name] of names.entries()) {
    if (seen.has(name)) report(draft, [...path, index, 'name'], `the name "${name}" is taken by an earlier one`);
    seen.add(name);
  }
}

/** The settings of the policy that is compiled. */
export interface SettingsOf {
  readonly place: SettingsPlace | undefined;
  /** Of the policy's settings in their file. */
  readonly path: Path;
}

/** Notes a problem of a setting: at the settings' own place where that is known, else at the policy's `spec`. */
export function reportSetting(
  draft: Draft,
  { place, path }: SettingsOf,
  at: Path,
  message: string,
  hint?: string,
): void {
  const full = [...path, ...at];
  if (!place) {
    report(draft, ['spec', ...at], message, { hint });
    return;
  }
  draft.problems.push({
    file: place.file,
    ...place.locate(full),
    path: formatPath(full),
    message,
    ...(hint && { hint }),
  });
}
