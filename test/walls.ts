/**
 * The import walls of src, as data: what each room may import, and which of its files are exceptions. `walls.test.ts` reads
 * the source against it. Why the rooms are cut this way: docs/decisions and CONTRIBUTING.md.
 */
export interface Room {
  /** Other rooms of src. */
  readonly rooms: readonly string[];
  /** Other rooms of which only types are imported (`import type`). */
  readonly types?: readonly string[];
  readonly packages?: readonly string[];
  /** Node's own modules, without `node:`. */
  readonly node?: readonly string[];
  /** What single files may import beside that, by path in the room. */
  readonly files?: Readonly<Record<string, Pick<Room, 'packages' | 'node'>>>;
  /** Deterministic and silent: no clock, no randomness, no environment, no output. */
  readonly pure?: boolean;
}

export const ROOMS: Readonly<Record<string, Room>> = {
  cel: { rooms: [], packages: ['re2js'], pure: true },
  policy: {
    rooms: ['cel'],
    packages: ['ajv', 'yaml'],
    files: { 'libraries.ts': { node: ['module'] } },
    pure: true,
  },
  engine: { rooms: ['cel', 'policy'], node: ['crypto'], pure: true },
  // What runs in the browser of who reads a report, and what it is given.
  page: { rooms: [] },
  report: {
    rooms: ['engine', 'page', 'policy'],
    types: ['cel'],
    packages: ['yaml'],
    files: { 'html.ts': { node: ['crypto'] } },
    pure: true,
  },
  admission: { rooms: ['engine', 'policy'], types: ['cel'], packages: ['ajv'] },
  audit: {
    rooms: ['engine', 'kube', 'policy', 'report'],
    types: ['cel'],
    packages: ['js-yaml'],
    node: ['path'],
    files: {
      'files.ts': { node: ['fs', 'fs/promises'] },
      'ignore-files.ts': { packages: ['ignore'], node: ['fs'] },
      'manifests.ts': { node: ['fs', 'fs/promises'] },
    },
  },
  // `tidegate fix`: findings mended in the files they were found in.
  fix: {
    rooms: ['audit', 'engine', 'policy', 'report'],
    types: ['cel'],
    packages: ['yaml'],
    files: { 'write.ts': { node: ['fs'] }, 'replace-file.ts': { node: ['fs', 'path'] } },
  },
  // `tidegate drift`: what admission would change today.
  drift: { rooms: ['audit', 'engine', 'policy'], types: ['cel', 'report'], packages: ['yaml'], pure: true },
  // `tidegate impact`: what a change of policies would refuse.
  impact: { rooms: ['admission', 'audit', 'engine', 'policy'], types: ['cel', 'report'], pure: true },
  // `tidegate test`: the examples beside a policy, and what each must come to.
  fixtures: {
    rooms: ['audit', 'engine', 'policy', 'sources'],
    types: ['cel'],
    packages: ['yaml'],
    node: ['fs', 'path', 'os'],
  },
  // `tidegate export`: our policies as Kubernetes' own.
  export: { rooms: ['cel', 'engine', 'policy'], packages: ['yaml'], pure: true },
  // `tidegate policies`, `explain`, `init`: what people read about policies, and what they write into settings.
  guide: { rooms: ['engine', 'policy', 'report'], types: ['cel'], packages: ['marked', 'yaml'], pure: true },
  sources: { rooms: ['policy', 'engine'], types: ['cel'], node: ['fs', 'fs/promises', 'path', 'url', 'crypto'] },
  config: { rooms: ['policy'], types: ['cel'], node: ['fs', 'fs/promises', 'path'] },
  certs: {
    rooms: ['kube'],
    node: ['fs', 'fs/promises', 'path', 'crypto', 'tls', 'net', 'events', 'util'],
    files: { 'issue.ts': { packages: ['node-forge'] } },
  },
  // What only the elected one of several replicas does.
  leader: { rooms: ['cel', 'engine', 'kube', 'policy'], types: ['sources'], node: ['timers/promises'] },
  // Everything that is in a cluster already, judged again and again while requests are answered.
  scan: {
    rooms: ['audit', 'engine', 'kube', 'policy', 'report'],
    types: ['cel'],
    node: ['crypto', 'timers/promises'],
  },
  kube: {
    rooms: [],
    packages: ['@kubernetes/client-node'],
    node: ['http', 'https', 'timers/promises', 'fs'],
    files: {
      'context.ts': { node: ['os', 'path'] },
      'exec-plugin.ts': { node: ['child_process', 'events', 'stream/consumers'] },
      'kubeconfig.ts': { packages: ['js-yaml'], node: ['path'] },
    },
  },
  telemetry: {
    rooms: [],
    packages: ['pino', 'prom-client'],
    node: ['perf_hooks'],
    files: {
      'otlp-trace.ts': {
        packages: [
          '@opentelemetry/api',
          '@opentelemetry/core',
          '@opentelemetry/exporter-trace-otlp-http',
          '@opentelemetry/resources',
          '@opentelemetry/sdk-trace',
        ],
      },
    },
  },
  server: {
    rooms: ['admission', 'telemetry', 'certs', 'report'],
    types: ['engine', 'page'],
    packages: ['express'],
    node: ['http', 'https', 'net', 'tls', 'crypto', 'timers/promises', 'events'],
  },
  cli: {
    rooms: [
      'admission',
      'audit',
      'cel',
      'certs',
      'config',
      'drift',
      'engine',
      'export',
      'fix',
      'fixtures',
      'guide',
      'impact',
      'kube',
      'leader',
      'policy',
      'report',
      'scan',
      'server',
      'sources',
      'telemetry',
    ],
    packages: ['commander'],
    node: [
      'fs',
      'fs/promises',
      'path',
      'url',
      'https',
      'events',
      'timers/promises',
      'os',
      'process',
      'stream',
      'util',
      'child_process',
    ],
  },
};

/** Files of src outside the rooms, and the rooms that they may import. */
export const ENTRIES: Readonly<Record<string, readonly string[]>> = { 'main.ts': ['cli'] };

/** Files that may be longer than the limit, because they are tables. Generated files (`*.generated.ts`) always may. */
export const TABLES: readonly string[] = ['test/oracle/families-core.ts', 'test/oracle/families-library.ts'];
export const LONGEST_FILE = 400;

/** Names that say nothing about what a file holds. */
export const EMPTY_NAMES: readonly string[] = [
  'utils',
  'util',
  'helpers',
  'helper',
  'common',
  'types',
  'misc',
  'index',
  'shared',
];
