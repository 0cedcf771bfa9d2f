/** What the page of a report is made of beside its data: the script of src/page/browser as one text, and the style. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { rolldown } from 'rolldown';

const FOLDER = join(import.meta.dirname, '..', '..', 'src', 'page');
/** Where `src/report` reads it. */
export const BUNDLE: string = join(FOLDER, 'bundle.generated.ts');

/** The text of the module at `BUNDLE`. */
export async function bundleText(): Promise<string> {
  const build = await rolldown({ input: join(FOLDER, 'browser', 'main.ts'), platform: 'browser', logLevel: 'warn' });
  const { output } = await build.generate({ format: 'iife' });
  const style = readFileSync(join(FOLDER, 'page.css'), 'utf8');
  // Region marks name the files: of no use to who reads the page.
  const script = output[0].code.replace(/^\s*\/\/#(?:end)?region.*\n/gm, '');
  return [
    '/** Made by `npm run generate:page` from src/page/browser and src/page/page.css. */',
    `export const SCRIPT = ${JSON.stringify(script)};`,
    `export const STYLE = ${JSON.stringify(style)};`,
    '',
  ].join('\n');
}
