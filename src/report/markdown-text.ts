/** Texts of anybody inside GitHub's Markdown: shown as they are, and meaning nothing there. */

/** Text that is no markup, links nowhere and calls nobody. */
export function escaped(text: string): string {
  return (
    text
      .replace(/[\\`*_[\]<>|~$&]/g, (character) => (character === '&' ? '&amp;' : `\\${character}`))
      // What makes a line a heading or an item of a list.
      .replace(/^(\s*)([-+#=]|\d+(?=[.)]))/, (_, space: string, mark: string) =>
        /\d/.test(mark) ? `${space}${mark}<!-- -->` : `${space}\\${mark}`,
      )
      // Of a number behind a # or GH- GitHub makes a link to an issue, of this repository or of another one.
      .replace(/(#|GH-)(?=\d)/gi, '$1<!-- -->')
      // A name behind an @ would be told of the comment; a bare address would be a link.
      .replace(/(^|[^\w])@(?=\w)/g, '$1@<!-- -->')
      .replace(/(https?|ftp|www)([:.])/gi, '$1<!-- -->$2')
  );
}

/** Text in a fixed font, whatever backticks are in it. */
export function code(text: string): string {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const pad = text.startsWith('`') || text.endsWith('`') ? ' ' : '';
  return text === '' ? '' : `${fence}${pad}${text}${pad}${fence}`;
}

/** Markdown in a cell of a table, which a bar would end. */
export function cell(markdown: string): string {
  return markdown.replace(/\\?\|/g, '\\|').replaceAll('\n', ' ');
}

/** A unified diff, coloured. */
export function diffBlock(diff: string): string {
  const longest = Math.max(2, ...[...diff.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}diff\n${diff.trimEnd()}\n${fence}\n`;
}
