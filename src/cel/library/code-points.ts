/**
 * Strings are UTF-16 in JavaScript; CEL counts code points. Strings without surrogates, nearly all there are, take the
 * fast way: there a unit is a code point. V8 knows of a string of Latin letters, whatever its length, that it has none.
 */
const SURROGATE = /[\ud800-\udfff]/;

// Calling the regular expression takes as long as looking at that many units.
const SHORT = 24;

/** True where a UTF-16 unit of the string is not a code point of its own. */
export function hasSurrogates(text: string): boolean {
  if (text.length > SHORT) return SURROGATE.test(text);
  for (let unit = 0; unit < text.length; unit++) {
    if ((text.charCodeAt(unit) & 0xf800) === 0xd800) return true;
  }
  return false;
}

/** The number of code points. */
export function codePointCount(text: string): number {
  if (!hasSurrogates(text)) return text.length;
  let count = text.length;
  for (let unit = 0; unit < text.length; unit++) {
    if ((text.charCodeAt(unit) & 0xfc00) === 0xd800) count--;
  }
  return count;
}

/** The UTF-16 offset of the code point at `index`; the length of the string where there are fewer. */
export function unitOffset(text: string, index: number): number {
  let unit = 0;
  for (let left = index; left > 0 && unit < text.length; left--) {
    unit += (text.charCodeAt(unit) & 0xfc00) === 0xd800 ? 2 : 1;
  }
  return Math.min(unit, text.length);
}
