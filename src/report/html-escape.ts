/** Texts of anybody inside of HTML. */

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** The text as it stands between tags or in a quoted attribute. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

/** JSON that stands in a script element: nothing in it can end the element or begin a comment. */
export function scriptJson(json: string): string {
  return json.replaceAll('<', '\\u003c');
}
