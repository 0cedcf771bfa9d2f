/** Elements of the page. Text goes in as text: nothing is ever read as HTML. */

export type Child = Node | string | undefined;

/** Attributes; `true` for one without a value, `undefined` and `false` for one that is not there. */
export type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  setAttributes(made, attributes);
  made.append(...children.filter((child) => child !== undefined));
  return made;
}

function setAttributes(made: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    made.setAttribute(name, value === true ? '' : String(value));
  }
}

/** The element of the page with this id: it is part of the text that the report is made of. */
export function byId(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page has no #${id}`);
  return found;
}

/** Draws these children, but leaves alone what is there and looks the same; a link that is replaced hands on its focus. */
export function redraw(parent: Element, children: readonly Element[]): void {
  const focused = parent.contains(document.activeElement) ? document.activeElement?.getAttribute('href') : undefined;
  for (const [index, child] of children.entries()) {
    const there = parent.children[index];
    if (there === undefined) parent.append(child);
    else if (!there.isEqualNode(child)) there.replaceWith(child);
  }
  for (const surplus of Array.from(parent.children).slice(children.length)) surplus.remove();
  if (focused === undefined || focused === null || parent.contains(document.activeElement)) return;
  const links = Array.from(parent.querySelectorAll('a'));
  links.find((link) => link.getAttribute('href') === focused)?.focus({ preventScroll: true });
}

/** For screen readers alone. */
export function hidden(text: string): HTMLElement {
  return element('span', { class: 'hidden' }, text);
}

/** `1 object`, `1,200 objects`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${digits(count)} ${count === 1 ? one : many}`;
}

const NUMBERS = new Intl.NumberFormat('en');

export function digits(count: number): string {
  return NUMBERS.format(count);
}

// Of 16 by 16, drawn with a stroke.
const SHAPES: Readonly<Record<string, string>> = {
  Deny: 'M5.5 5.5l5 5m0-5l-5 5M8 14.2A6.2 6.2 0 1 0 8 1.8a6.2 6.2 0 0 0 0 12.4z',
  Warn: 'M8 6.2v3.2m0 2v.4M7.1 2.4 1.6 12a1 1 0 0 0 .9 1.6h11a1 1 0 0 0 .9-1.6L8.9 2.4a1 1 0 0 0-1.8 0z',
  Audit: 'M1.6 8S4 3.6 8 3.6 14.4 8 14.4 8 12 12.4 8 12.4 1.6 8 1.6 8zM8 9.8a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.6z',
  set: 'M10.6 2.6l2.8 2.8M2.4 13.6l.7-3.4 8-8a1 1 0 0 1 1.4 0l1.3 1.3a1 1 0 0 1 0 1.4l-8 8z',
  excepted: 'M8 1.8 13 3.6v4.2c0 3-2.1 5.2-5 6.4-2.9-1.2-5-3.4-5-6.4V3.6zM5.8 8l1.6 1.6L10.4 6.4',
  unknown: 'M6.2 6.2a1.9 1.9 0 1 1 2.7 1.9c-.6.3-.9.7-.9 1.3m0 1.8v.2M8 14.2A6.2 6.2 0 1 0 8 1.8a6.2 6.2 0 0 0 0 12.4z',
  chevron: 'M6 3.6 10.4 8 6 12.4',
  fix: 'M3 8.6l3.2 3.2L13 4.6',
};

/** A picture beside a word that says the same. */
export function icon(name: string): SVGElement {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  setAttributes(svg, { viewBox: '0 0 16 16', class: `icon icon-${name}`, 'aria-hidden': 'true', focusable: 'false' });
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  setAttributes(path, { d: SHAPES[name] ?? '' });
  svg.append(path);
  return svg;
}
