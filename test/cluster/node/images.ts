/** The images of a node's tests as files: ours, built from the Dockerfile, and what pods run. Kept between runs by content. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, glob, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { REPOSITORY } from '../../support/source.ts';
import { cacheFolder } from '../tools.ts';

const run = promisify(execFile);

export interface Images {
  /** With docker-archives of all of them. */
  readonly folder: string;
  /** Ours, under the name that the chart has by default. */
  readonly tidegate: string;
  /** The same program as a later image: its digest is another. */
  readonly next: string;
  /** For workloads: a web server on port 8080. */
  readonly shop: string;
  /** Holds the network of each pod. */
  readonly pause: string;
}

/** What .dockerignore lets in, and what the images are made with beside it. */
const SOURCES = [
  'Dockerfile',
  'package.json',
  'package-lock.json',
  'tsconfig*.json',
  '{src,policies}/**/*',
  'charts/tidegate/Chart.yaml',
  'test/cluster/node/bases.sh',
];

/** Builds what is not there yet: three minutes when nothing is, half of one when the source has changed. */
export async function prepareImages(): Promise<Images> {
  const root = join(cacheFolder(), 'images');
  const folder = join(root, await contentHash());
  const version = parse(await readFile(join(REPOSITORY, 'charts/tidegate/Chart.yaml'), 'utf8')).appVersion;
  const repository = 'ghcr.io/tidegate/tidegate';
  const images: Images = {
    folder,
    tidegate: `${repository}:${version}`,
    next: `${repository}:${version}-next`,
    shop: 'ghcr.io/example/shop:1.4.2',
    pause: 'tidegate.test/pause:1',
  };
  if (await exists(folder)) return images;
  await removeOld(root);
  await build(images, root);
  return images;
}

async function build(images: Images, root: string): Promise<void> {
  const partial = `${images.folder}.${process.pid}`;
  await mkdir(partial, { recursive: true });
  const buildah = await buildahIn(root);
  const bases = await prepareBases(buildah);
  const base = ['--build-arg', `NODE=tidegate.test/node:${bases}`, '--build-arg', `BASE=tidegate.test/run:${bases}`];
  for (const [name, version] of [
    ['tidegate', '0.1.0'],
    ['next', '0.1.0-next'],
  ] as const) {
    const options = ['bud', '--layers', '--quiet', ...base, '--build-arg', `VERSION=${version}`];
    await buildah([...options, '--tag', `tidegate.test/${name}:${bases}`, REPOSITORY]);
  }
  for (const name of ['tidegate', 'next', 'shop', 'pause'] as const) {
    await buildah([
      'push',
      '--quiet',
      `tidegate.test/${name}:${bases}`,
      `docker-archive:${join(partial, name)}.tar:${images[name]}`,
    ]);
  }
  await rename(partial, images.folder);
}

type Buildah = (args: readonly string[], program?: string) => Promise<string>;

/** With images and containers of its own: nothing of the machine's is seen or changed. */
async function buildahIn(root: string): Promise<Buildah> {
  const configuration = join(root, 'storage.conf');
  const [store, state] = [join(root, 'storage'), join(root, 'run')];
  await writeFile(configuration, `[storage]\ndriver = "overlay"\ngraphroot = "${store}"\nrunroot = "${state}"\n`);
  const env = { ...process.env, CONTAINERS_STORAGE_CONF: configuration, BUILDAH_ISOLATION: 'chroot' };
  return async (args, program = 'buildah') => {
    const { stdout } = await run(program, [...args], { env, maxBuffer: 16 * 1024 * 1024 });
    return stdout;
  };
}

/** The tag of the base images, which are made where they are missing. */
async function prepareBases(buildah: Buildah): Promise<string> {
  const script = join(import.meta.dirname, 'bases.sh');
  const { stdout: program } = await run('bash', ['-c', 'readlink --canonicalize "$(command -v npm)"']);
  const npm = join(program.trim(), '..', '..');
  const tag = hashOf([await readFile(script), process.version, await readFile(join(npm, 'package.json'))]);
  const present = await buildah(['images', '--quiet', `tidegate.test/shop:${tag}`]).catch(() => '');
  if (present === '') await buildah([process.execPath, npm, tag], script);
  return tag;
}

async function contentHash(): Promise<string> {
  const paths: string[] = [];
  for await (const path of glob(SOURCES, { cwd: REPOSITORY })) paths.push(path);
  const parts: (string | Buffer)[] = [process.version];
  for (const path of paths.sort()) {
    if (path.endsWith('.test.ts') || !(await stat(join(REPOSITORY, path))).isFile()) continue;
    parts.push(path, await readFile(join(REPOSITORY, path)));
  }
  return hashOf(parts);
}

function hashOf(parts: readonly (string | Buffer)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part).update('\0');
  return hash.digest('hex').slice(0, 16);
}

/** Keeps the latest two: each is half a gigabyte. */
async function removeOld(root: string): Promise<void> {
  await mkdir(root, { recursive: true });
  const names = (await readdir(root)).filter((name) => /^[0-9a-f]{16}/.test(name));
  const ages = await Promise.all(names.map(async (name) => ({ name, at: (await stat(join(root, name))).mtimeMs })));
  const old = ages.sort((a, b) => b.at - a.at).slice(1);
  for (const { name } of old) await rm(join(root, name), { recursive: true, force: true });
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
