/** The expressions of one golden file, and the request they are evaluated on. */
export interface Family {
  readonly request: { readonly object?: unknown; readonly oldObject?: unknown; readonly params?: unknown };
  readonly expressions: readonly string[];
}

/** Every combination: `$1`, `$2`… in a template stand for an element of the first, second… list. */
export function cross(template: string, ...lists: readonly (readonly (string | number)[])[]): string[] {
  return lists.reduce<string[]>(
    (templates, list, index) =>
      templates.flatMap((text) => list.map((item) => text.replaceAll(`$${index + 1}`, () => String(item)))),
    [template],
  );
}

/** Texts as CEL string literals. */
export function quoted(...texts: readonly string[]): string[] {
  return texts.map((text) => JSON.stringify(text));
}
