/** A list that is drawn a page at a time, with a button for the next one. */
import { element } from './element.ts';

const PAGE = 100;

export interface Entry {
  /** Of the element, where links lead to it. */
  readonly id?: string;
  /** What a search looks at. */
  readonly words: () => string;
  readonly draw: () => HTMLElement;
}

/** How much of a list is drawn at once, if that is more than a page. */
export interface Extent {
  /** So many entries, as the reader has seen them before. */
  readonly entries: number;
  /** As far as the entry of this id. */
  readonly linked: string;
}

/** The entries that hold every word of the search; `nothing` where there is none at all. */
export function pagedList(
  entries: readonly Entry[],
  search: string,
  nothing: string,
  extent: Extent,
): readonly HTMLElement[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const found = entries.filter((entry) => words.every((word) => entry.words().toLowerCase().includes(word)));
  if (found.length === 0)
    return [element('p', { class: 'empty' }, entries.length === 0 ? nothing : 'Nothing matches.')];
  const list = element('ul', { class: 'entries' });
  const more = element('button', { type: 'button', class: 'more' });
  const draw = (count: number): void => {
    const from = list.childElementCount;
    list.append(...found.slice(from, from + count).map((entry) => element('li', {}, entry.draw())));
    const left = found.length - list.childElementCount;
    more.hidden = left === 0;
    more.textContent = `Show ${Math.min(left, PAGE)} more of ${left}`;
  };
  more.addEventListener('click', () => draw(PAGE));
  draw(Math.max(PAGE, extent.entries, found.findIndex(({ id }) => id === extent.linked) + 1));
  return [list, more];
}
