import { homedir } from 'node:os';
import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { filesBelow, type Import, importsOf, REPOSITORY, textOf, withoutComments } from './support/source.ts';
import { EMPTY_NAMES, ENTRIES, LONGEST_FILE, ROOMS, type Room, TABLES } from './walls.ts';

const isTest = (path: string): boolean => path.endsWith('.test.ts');
const sources = filesBelow('src', (path) => path.endsWith('.ts') && !isTest(path));
const inRooms = sources.filter((path) => roomOf(path) !== undefined);

/** `src/engine/object/patch.ts` is in room `engine`; `src/main.ts` in none. */
function roomOf(path: string): string | undefined {
  const [root, room, ...rest] = path.split('/');
  return root === 'src' && rest.length > 0 ? room : undefined;
}

const packageOf = (from: string): string => from.split('/', from.startsWith('@') ? 2 : 1).join('/');

function isAllowed(path: string, { from, relative, typeOnly }: Import): boolean {
  const name = roomOf(path) as string;
  const room: Room | undefined = ROOMS[name];
  if (room === undefined) return false;
  const own = room.files?.[path.slice(`src/${name}/`.length)];
  if (from.startsWith('node:'))
    return [...(room.node ?? []), ...(own?.node ?? [])].includes(from.slice('node:'.length));
  if (!relative) return [...(room.packages ?? []), ...(own?.packages ?? [])].includes(packageOf(from));
  const target = roomOf(from);
  if (target === undefined) return false;
  return target === name || room.rooms.includes(target) || (typeOnly && room.types?.includes(target) === true);
}

describe('the rooms of src', () => {
  it('are the known ones', () => {
    const found = new Set(inRooms.map(roomOf));
    expect([...found].filter((room) => !Object.hasOwn(ROOMS, room as string))).toEqual([]);
    const outside = sources.filter((path) => roomOf(path) === undefined).map((path) => path.slice('src/'.length));
    expect(outside.filter((file) => !Object.hasOwn(ENTRIES, file))).toEqual([]);
  });

  it.each(Object.keys(ROOMS))('%s imports only what it may', (name) => {
    const crossings = inRooms
      .filter((path) => roomOf(path) === name)
      .flatMap((path) => importsOf(path).map((each) => ({ path, ...each })))
      .filter((each) => !isAllowed(each.path, each))
      .map(({ path, from, typeOnly }) => `${path} imports ${typeOnly ? 'types of ' : ''}${from}`);
    expect(crossings).toEqual([]);
  });

  it('are entered from outside only where the table says', () => {
    const crossings = Object.entries(ENTRIES).flatMap(([file, rooms]) =>
      importsOf(`src/${file}`)
        .filter(({ from, relative }) => relative && !rooms.includes(roomOf(from) ?? ''))
        .map(({ from }) => `src/${file} imports ${from}`),
    );
    expect(crossings).toEqual([]);
  });

  it('name only files that exist in their exceptions', () => {
    const named = Object.entries(ROOMS).flatMap(([room, { files = {} }]) =>
      Object.keys(files).map((file) => `src/${room}/${file}`),
    );
    expect(named.filter((path) => !sources.includes(path))).toEqual([]);
  });

  const IMPURE =
    /\b(?:Date\.now|new Date\(\)|Math\.random|performance\.|process\.|console\.|setTimeout|setInterval|fetch\()/;
  it.each(Object.keys(ROOMS).filter((name) => ROOMS[name]?.pure === true))(
    '%s has no clock, randomness, environment or output',
    (name) => {
      const impure = inRooms
        .filter((path) => roomOf(path) === name)
        .filter((path) => IMPURE.test(withoutComments(textOf(path))))
        .map((path) => `${path}: ${IMPURE.exec(withoutComments(textOf(path)))?.[0]}`);
      expect(impure).toEqual([]);
    },
  );

  it('leave the exit of the process to main.ts', () => {
    const exits = sources.filter((path) => /\bprocess\.(?:exit\b|exitCode|abort)/.test(withoutComments(textOf(path))));
    expect(exits.filter((path) => path !== 'src/main.ts')).toEqual([]);
  });
});

describe('the packages that the product depends on', () => {
  const { dependencies, devDependencies } = JSON.parse(textOf('package.json'));
  const imported = new Set(
    sources.flatMap((path) =>
      importsOf(path)
        .filter((each) => !each.relative && !each.from.startsWith('node:'))
        .map(({ from }) => packageOf(from)),
    ),
  );

  it('are all imported by the product', () => {
    expect(Object.keys(dependencies).filter((name) => !imported.has(name))).toEqual([]);
  });

  it('are never those of development', () => {
    expect(Object.keys(devDependencies).filter((name) => imported.has(name))).toEqual([]);
  });
});

describe('every file', () => {
  const code = [...filesBelow('src'), ...filesBelow('test')].filter((path) => path.endsWith('.ts'));

  it('has a name that says what it holds', () => {
    expect(code.filter((path) => EMPTY_NAMES.includes(basename(path).replace(/(\.test)?\.ts$/, '')))).toEqual([]);
  });

  it(`has at most ${LONGEST_FILE} lines, generated ones and tables excepted`, () => {
    const long = code
      .filter((path) => !path.endsWith('.generated.ts') && !TABLES.includes(path))
      .map((path) => ({ path, lines: textOf(path).split('\n').length }))
      .filter(({ lines }) => lines > LONGEST_FILE);
    expect(long).toEqual([]);
  });

  it('exports by name, and nothing through a barrel', () => {
    const barrels = sources.filter((path) => /^export\s+(?:default\b|\*)/m.test(withoutComments(textOf(path))));
    expect(barrels).toEqual([]);
  });

  it('is free of the paths of anyone’s machine', () => {
    const machine = new RegExp(
      [REPOSITORY, `${homedir()}/\\.`, '/(?:work/(?:main|shared)|Users/\\w+|home/\\w+)/']
        .map((path) => `(?:${path})`)
        .join('|'),
    );
    const ours = filesBelow('', (path) => /\.(?:ts|js|json|md|ya?ml|txt|go|mod|sh)$|Dockerfile|\.ci\/run$/.test(path));
    const named = ours.filter((path) => path !== 'test/walls.test.ts' && machine.test(textOf(path)));
    expect(named).toEqual([]);
  });
});
