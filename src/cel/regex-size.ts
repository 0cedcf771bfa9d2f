// All that can be behind a character is bounded, so that no pattern is read twice.
const TOKEN = new RegExp(
  [
    String.raw`(?<quoted>\\Q[^]*?(?:\\E|$))`,
    String.raw`(?<property>\\[pP](?:\{[^}]{0,60}\}|.)?)`,
    String.raw`(?<escaped>\\(?:x\{[^}]{0,10}\}|[^])?)`,
    String.raw`(?<set>\[\^?\]?(?:\[:\^?\w{1,10}:\]|\\[^]|[^\]\\])*(?:\]|$))`,
    String.raw`\{(?<least>\d{1,4})(?<most>,\d{0,4})?\}\??`,
    String.raw`(?<repeated>[*+?]\??)`,
    String.raw`(?<flags>\(\?[a-zA-Z-]{0,9}\))`,
    String.raw`(?<open>\((?:\?(?:P?<\w{0,100}>|[a-zA-Z-]{0,9}:))?)`,
    String.raw`(?<close>\))`,
    String.raw`(?<or>\|)`,
    '[^]',
  ].join('|'),
  'y',
);

// A class of Unicode takes as much memory as that many instructions.
const PROPERTY = 8;

/**
 * About how many instructions an RE2 pattern compiles to: its length, with the counted repetitions written out. What is
 * no valid pattern has a size too.
 */
export function regexSize(pattern: string): number {
  const outer: { readonly size: number }[] = [];
  let size = 0;
  // What a repetition behind it would repeat.
  let last = 0;
  TOKEN.lastIndex = 0;
  for (let match = TOKEN.exec(pattern); match; match = TOKEN.exec(pattern)) {
    const { open, close, least, most, repeated } = match.groups ?? {};
    if (least !== undefined) last *= Math.max(Number(least) + 1, Number(most?.slice(1) ?? 0));
    else if (repeated !== undefined) last++;
    else if (open !== undefined) {
      outer.push({ size: size + last });
      [size, last] = [0, 0];
    } else if (close !== undefined) {
      [size, last] = [outer.pop()?.size ?? 0, size + last + 2];
    } else [size, last] = [size + last, atomSize(match)];
  }
  return outer.reduce((sum, group) => sum + group.size, size + last);
}

function atomSize({ 0: text, groups = {} }: RegExpExecArray): number {
  if (groups['property'] !== undefined) return PROPERTY;
  if (groups['set'] !== undefined) return /\\[pP]/.test(text) ? PROPERTY : 2;
  if (groups['flags'] !== undefined) return 0;
  return groups['quoted'] !== undefined ? text.length : 1;
}
