import { describe, expect, it } from 'vitest';
import { COLOURS, PLAIN } from '../report/paint.ts';
import { markdownLines } from './markdown.ts';

const lines = (text: string, width = 40, paint = PLAIN): readonly string[] => markdownLines(text, { width, paint });

describe('markdownLines', () => {
  it('indents what stands below a heading, with a blank line between blocks', () => {
    expect(lines('## Why\n\nOne.\n\nTwo\nlines.\n\n## How\n\nThree.')).toEqual([
      'Why',
      '  One.',
      '',
      '  Two lines.',
      '',
      'How',
      '  Three.',
    ]);
  });

  it('breaks text to the width, but no line of code and no `code with spaces`', () => {
    expect(
      lines('The field `spec.replicas: 2` says it.\n\n```yaml\nkey: a very very long value that stays\n```', 24),
    ).toEqual(['  The field', '  `spec.replicas: 2`', '  says it.', '', '    key: a very very long value that stays']);
  });

  it('shows lists with their text in one column', () => {
    expect(lines('- one\n- a longer item that needs two lines', 24)).toEqual([
      '  • one',
      '  • a longer item that',
      '    needs two lines',
    ]);
  });

  it('shows a table in columns, the last one broken', () => {
    expect(lines('| kind | meaning |\n| --- | --- |\n| `Pod` | what runs |\n| `Job` | runs to its end |', 24)).toEqual([
      '  `Pod`  what runs',
      '  `Job`  runs to its end',
    ]);
  });

  it('keeps the text of a link, and its address where that leads somewhere', () => {
    expect(lines('See [the guide](../guide.md) and [CEL](https://cel.dev).', 60)).toEqual([
      '  See the guide and CEL (https://cel.dev).',
    ]);
  });

  it('paints code in place of its quotes', () => {
    expect(lines('Set `x`.', 40, COLOURS)).toEqual([`  Set ${COLOURS.cyan('x')}.`]);
  });
});
