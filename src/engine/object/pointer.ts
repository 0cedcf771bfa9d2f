/** JSON pointers (RFC 6901) and paths: the first for patches, the second for findings. */
import type { Path } from '../decision.ts';

/** The pointer of a path: each step behind a slash, `~` as `~0` and `/` as `~1`. Empty for the document itself. */
export function toPointer(path: Path): string {
  let pointer = '';
  for (const step of path) pointer += typeof step === 'number' ? `/${step}` : `/${escapeStep(step)}`;
  return pointer;
}

/**
 * The steps of a pointer, all of them strings (whether `0` is an index only the document can tell); undefined where the
 * text is no pointer: neither empty nor with a slash in front.
 */
export function pointerSteps(pointer: string): readonly string[] | undefined {
  if (pointer === '') return [];
  if (!pointer.startsWith('/')) return undefined;
  return pointer.slice(1).split('/').map(unescapeStep);
}

/** The path of a pointer: steps that look like an index are numbers. Empty for a text that is no pointer. */
export function toPath(pointer: string): Path {
  return (pointerSteps(pointer) ?? []).map((step) => (/^(?:0|[1-9]\d{0,8})$/.test(step) ? Number(step) : step));
}

/** One step as it stands in a pointer. */
export function escapeStep(step: string): string {
  if (!step.includes('~') && !step.includes('/')) return step;
  return step.replaceAll('~', '~0').replaceAll('/', '~1');
}

function unescapeStep(step: string): string {
  if (!step.includes('~')) return step;
  return step.replaceAll('~1', '/').replaceAll('~0', '~');
}
