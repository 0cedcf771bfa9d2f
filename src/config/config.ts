/** Flags, environment and tidegate.yaml -> one frozen configuration. A flag wins over the environment, that over the file. */
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { type Problem, reasonOf } from '../policy/problem.ts';
import {
  type ParsedSettings,
  PROFILES,
  parseSettings,
  RECOMMENDED,
  type Settings,
  type SettingsPlace,
} from '../policy/settings.ts';
import { DEFAULT_LIMITS, type Limits } from './limits.ts';
import { boolean, choice, integer, type Option, readOption, text } from './option.ts';
import { type ReplicaConfig, readReplica } from './replica.ts';

const LOG_LEVELS = ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;

export interface Config {
  readonly server: ServerConfig;
  readonly logLevel: (typeof LOG_LEVELS)[number];
  /** Absolute; undefined leaves the search to the Kubernetes client. */
  readonly kubeconfig: string | undefined;
  /** Undefined where it does not run as a replica of an installation. */
  readonly replica: ReplicaConfig | undefined;
  readonly policies: PolicyPaths;
  readonly settings: Settings;
  /** Where the settings were read from; undefined for the defaults. */
  readonly settingsPlace: SettingsPlace | undefined;
}

export interface ServerConfig {
  readonly host: string;
  readonly port: number;
  /** Absolute. */
  readonly certDir: string;
  readonly limits: Limits;
}

export interface PolicyPaths {
  /** As they were given, from the working folder of the process: problems and reports name files by them, as those of manifests. */
  readonly paths: readonly string[];
  /** Whether the policies that come with Tidegate are in force too. */
  readonly builtin: boolean;
}

export interface ConfigInput {
  /** As commander gives them: by camel-case name of the flag. */
  readonly flags: Readonly<Record<string, unknown>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
}

export type ConfigResult =
  | { readonly ok: true; readonly config: Config }
  | { readonly ok: false; readonly problems: readonly Problem[] };

// The environment has no TIDEGATE_PORT: for a Service called tidegate, Kubernetes sets that one to an address.
const HOST = text({ flag: 'host', env: 'TIDEGATE_LISTEN_HOST' }, '0.0.0.0');
const PORT = integer({ flag: 'port', env: 'TIDEGATE_LISTEN_PORT' }, 8443, { from: 0, to: 65_535 });
const CERT_DIR = text({ flag: 'certDir', env: 'TIDEGATE_CERT_DIR' }, 'certs');
const BODY_BYTES = integer({ env: 'TIDEGATE_BODY_BYTES' }, DEFAULT_LIMITS.bodyBytes, { from: 1024, to: 2 ** 30 });
const DEPTH = integer({ env: 'TIDEGATE_DEPTH' }, DEFAULT_LIMITS.depth, { from: 32, to: 1000 });
const TIMEOUT = integer({ env: 'TIDEGATE_REQUEST_TIMEOUT_MS' }, DEFAULT_LIMITS.requestTimeoutMs, {
  from: 100,
  to: 60_000,
});
const LOG_LEVEL = choice({ flag: 'logLevel', env: 'TIDEGATE_LOG_LEVEL' }, LOG_LEVELS, 'info');
const KUBECONFIG = text({ flag: 'kubeconfig', env: 'TIDEGATE_KUBECONFIG' }, '');
const BUILTIN = boolean({ env: 'TIDEGATE_BUILTIN' }, true);
const PROFILE = choice({ flag: 'profile', env: 'TIDEGATE_PROFILE' }, ['', ...PROFILES], '');
const SETTINGS = text({ flag: 'settings', env: 'TIDEGATE_SETTINGS' }, '');

/** Reads it all; every problem at once, each under the name of the flag, the variable or the file that it comes from. */
export function loadConfig(input: ConfigInput): ConfigResult {
  const problems: Problem[] = [];
  const read = <T>(option: Option<T>): T => readOption(option, input, problems);
  const file = readSettings(input.cwd, read(SETTINGS));
  if (file && !file.ok) problems.push(...file.problems);
  const settings = file?.ok ? file.settings : RECOMMENDED;
  const kubeconfig = read(KUBECONFIG);
  const config: Config = {
    server: Object.freeze({
      host: read(HOST),
      port: read(PORT),
      certDir: resolve(input.cwd, read(CERT_DIR)),
      limits: Object.freeze({ bodyBytes: read(BODY_BYTES), depth: read(DEPTH), requestTimeoutMs: read(TIMEOUT) }),
    }),
    logLevel: read(LOG_LEVEL),
    kubeconfig: kubeconfig ? resolve(input.cwd, kubeconfig) : undefined,
    replica: readReplica(input.env, problems),
    policies: Object.freeze({ paths: Object.freeze(policyPaths(input)), builtin: isBuiltin(input, read(BUILTIN)) }),
    settings: Object.freeze({ ...settings, profile: read(PROFILE) || settings.profile }),
    settingsPlace: file?.ok ? file.place : undefined,
  };
  return problems.length > 0 ? { ok: false, problems } : { ok: true, config: Object.freeze(config) };
}

/** `--no-builtin` can only turn them off: without it, commander says true. */
function isBuiltin({ flags }: ConfigInput, fromEnv: boolean): boolean {
  return flags['builtin'] !== false && fromEnv;
}

/** `--policies PATH…`, or TIDEGATE_POLICIES, paths separated as in PATH. */
function policyPaths({ flags, env }: ConfigInput): readonly string[] {
  const given = flags['policies'];
  const paths = Array.isArray(given) ? given.map(String) : (env['TIDEGATE_POLICIES'] ?? '').split(delimiter);
  return paths.filter((path) => path !== '');
}

/** The file that is asked for, which must be there, or tidegate.yaml of the working folder, which may be. */
function readSettings(cwd: string, asked: string): ParsedSettings | undefined {
  const path = asked ? resolve(cwd, asked) : join(cwd, 'tidegate.yaml');
  if (!asked && !existsSync(path)) return undefined;
  const file = asked || 'tidegate.yaml';
  try {
    return parseSettings(readFileSync(path, 'utf8'), file);
  } catch (error) {
    return { ok: false, problems: [{ file, message: reasonOf(error) }] };
  }
}
