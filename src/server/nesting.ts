/** How deep a JSON text nests, before anything recursive gets to see it. */

// What a byte means outside of a string; everything that is not here is passed over.
const OPEN = 1;
const CLOSE = 2;
const QUOTE = 3;
const MEANING = new Uint8Array(256);
MEANING[0x7b] = OPEN;
MEANING[0x5b] = OPEN;
MEANING[0x7d] = CLOSE;
MEANING[0x5d] = CLOSE;
MEANING[0x22] = QUOTE;

const BACKSLASH = 0x5c;
const QUOTATION_MARK = 0x22;

/** True where objects and lists nest deeper than `limit`. Reads the bytes once; malformed JSON is none of its business. */
export function nestsDeeperThan(json: Uint8Array, limit: number): boolean {
  let depth = 0;
  for (let at = 0; at < json.length; at++) {
    const meaning = MEANING[json[at] as number];
    if (meaning === 0) continue;
    if (meaning === QUOTE) at = endOfString(json, at + 1);
    else if (meaning === CLOSE) depth--;
    else if (++depth > limit) return true;
  }
  return false;
}

/** The index of the closing quote, or the length where there is none. */
function endOfString(json: Uint8Array, from: number): number {
  let at = from;
  while (at < json.length && json[at] !== QUOTATION_MARK) at += json[at] === BACKSLASH ? 2 : 1;
  return at;
}
