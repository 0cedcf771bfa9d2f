import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { filesBelow, REPOSITORY, textOf } from './support/source.ts';

const pages = filesBelow('', (path) => path.endsWith('.md'));
const scripts: Readonly<Record<string, string>> = JSON.parse(textOf('package.json')).scripts;

/** The text without its code, in which brackets and hashes are no markdown. */
function prose(page: string): string {
  return textOf(page)
    .replace(/^(```|~~~)[\s\S]*?^\1/gm, '')
    .replace(/`[^`\n]*`/g, 'code');
}

/** Relative links and images of a page, as written. */
function linksOf(page: string): readonly string[] {
  return [...prose(page).matchAll(/\]\(\s*<?([^)>\s]+)>?[^)]*\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target));
}

/** The anchors that GitHub makes of a page's headings. */
function anchorsOf(page: string): ReadonlySet<string> {
  const text = textOf(page).replace(/^(```|~~~)[\s\S]*?^\1/gm, '');
  const headings = [...text.matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm)].map(([, heading = '']) => heading);
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .replace(/\s/g, '-'),
    ),
  );
}

/** Lines of the shell blocks of a page, without prompts, continuations joined. */
function commandsOf(page: string): readonly string[] {
  const blocks = [...textOf(page).matchAll(/^```(?:sh|bash|shell|console)\n([\s\S]*?)^```/gm)].map(
    ([, block = '']) => block,
  );
  const lines = blocks.flatMap((block) => block.replace(/\\\n\s*/g, ' ').split('\n'));
  return lines.map((line) => line.replace(/^\$ /, '').trim()).filter((line) => line !== '' && !line.startsWith('#'));
}

describe('the pages', () => {
  it('begin with README.md', () => {
    expect(pages).toContain('README.md');
  });

  it.each(pages)('%s links to files and headings that exist', (page) => {
    const broken = linksOf(page).filter((target) => {
      const [path = '', anchor] = target.split('#');
      const file = path === '' ? page : normalize(join(dirname(page), decodeURIComponent(path)));
      if (!existsSync(join(REPOSITORY, file))) return true;
      return anchor !== undefined && file.endsWith('.md') && !anchorsOf(file).has(anchor);
    });
    expect(broken).toEqual([]);
  });

  it.each(pages)('%s names only npm scripts, files and commands that exist', (page) => {
    const wrong = commandsOf(page).filter((command) => {
      const script = /\bnpm (?:run )?(?:(?:-s|--silent) )?([\w:-]+)/.exec(command)?.[1];
      if (script !== undefined && !NPM_OWN.has(script) && !Object.hasOwn(scripts, script)) return true;
      const file = /\bnode (?:--\S+ )*([\w./-]+\.ts)\b/.exec(command)?.[1];
      if (file !== undefined && !existsSync(join(REPOSITORY, file))) return true;
      const verb = /(?:^|\| |npx )tidegate ([a-z]+)\b/.exec(command)?.[1];
      return verb !== undefined && !existsSync(join(REPOSITORY, 'src/cli', `${verb}.ts`));
    });
    expect(wrong).toEqual([]);
  });
});

/** What npm itself understands; `npm start` and `npm test` are scripts of ours. */
const NPM_OWN = new Set(['ci', 'install', 'exec', 'pack', 'link']);

describe('the scripts of package.json', () => {
  const named = Object.entries(scripts).flatMap(([script, command]) =>
    [...command.matchAll(/\bnpm (?:run (?:--silent )?)?([\w:-]+)/g)].map(([, name = '']) => ({ script, name })),
  );

  it('call only scripts that exist', () => {
    expect(named.filter(({ name }) => !NPM_OWN.has(name) && !Object.hasOwn(scripts, name))).toEqual([]);
  });

  it('run only files that exist', () => {
    const files = Object.values(scripts).flatMap((command) =>
      [...command.matchAll(/\bnode (\S+\.ts)/g)].map(([, file = '']) => file),
    );
    expect(files.filter((file) => !existsSync(join(REPOSITORY, file)))).toEqual([]);
  });
});
