import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { formatProblem } from '../policy/problem.ts';
import { RECOMMENDED } from '../policy/settings.ts';
import { type Config, type ConfigInput, loadConfig } from './config.ts';

const SETTINGS = 'apiVersion: tidegate.dev/v1alpha1\nkind: Settings\n';
let cwd: string;

beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'tidegate-config-'));
});
afterEach(() => rmSync(cwd, { recursive: true }));

function configOf(input: Partial<ConfigInput> = {}): Config {
  const result = loadConfig({ flags: {}, env: {}, cwd, ...input });
  if (!result.ok) throw new Error(result.problems.map(formatProblem).join('\n'));
  return result.config;
}

function problemsOf(input: Partial<ConfigInput>): readonly string[] {
  const result = loadConfig({ flags: {}, env: {}, cwd, ...input });
  return result.ok ? [] : result.problems.map(formatProblem);
}

describe('loadConfig', () => {
  it('needs nothing', () => {
    expect(configOf()).toEqual({
      server: {
        host: '0.0.0.0',
        port: 8443,
        certDir: join(cwd, 'certs'),
        limits: { bodyBytes: 7_340_032, depth: 250, requestTimeoutMs: 10_000 },
      },
      logLevel: 'info',
      kubeconfig: undefined,
      policies: { paths: [], builtin: true },
      settings: RECOMMENDED,
      settingsPlace: undefined,
    });
    expect(Object.isFrozen(configOf())).toBe(true);
  });

  it('prefers a flag to the environment', () => {
    const env = {
      TIDEGATE_LISTEN_PORT: '9000',
      TIDEGATE_LOG_LEVEL: 'debug',
      TIDEGATE_CERT_DIR: '/c',
      TIDEGATE_BUILTIN: 'false',
    };
    const config = configOf({ env, flags: { port: '9443' } });
    expect(config.server.port).toBe(9443);
    expect(config.logLevel).toBe('debug');
    expect(config.server.certDir).toBe('/c');
  });

  it('leaves out the built-in policies where the flag or the environment says so', () => {
    expect(configOf({ flags: { builtin: true } }).policies.builtin).toBe(true);
    expect(configOf({ flags: { builtin: false } }).policies.builtin).toBe(false);
    expect(configOf({ flags: { builtin: true }, env: { TIDEGATE_BUILTIN: 'false' } }).policies.builtin).toBe(false);
  });

  it('ignores the variable that Kubernetes sets for a Service called tidegate', () => {
    expect(configOf({ env: { TIDEGATE_PORT: 'tcp://10.0.0.1:443' } }).server.port).toBe(8443);
  });

  it('takes the paths of policies from either, as they are given', () => {
    expect(configOf({ flags: { policies: ['a', '/b'] } }).policies.paths).toEqual(['a', '/b']);
    expect(configOf({ env: { TIDEGATE_POLICIES: '/a:b' } }).policies.paths).toEqual(['/a', 'b']);
  });

  it('finds tidegate.yaml in the working folder, and another file when asked', () => {
    writeFileSync(join(cwd, 'tidegate.yaml'), `${SETTINGS}profile: strict\n`);
    writeFileSync(join(cwd, 'other.yaml'), `${SETTINGS}profile: baseline\n`);
    expect(configOf().settings.profile).toBe('strict');
    expect(configOf().settingsPlace?.file).toBe('tidegate.yaml');
    expect(configOf({ flags: { settings: 'other.yaml' } }).settings.profile).toBe('baseline');
    expect(configOf({ env: { TIDEGATE_PROFILE: 'recommended' } }).settings.profile).toBe('recommended');
  });

  it('names every problem by its flag, variable or line', () => {
    writeFileSync(join(cwd, 'tidegate.yaml'), `${SETTINGS}profil: strict\n`);
    const env = {
      TIDEGATE_PROFILE: 'strct',
      TIDEGATE_BODY_BYTES: '1e6',
      TIDEGATE_BUILTIN: 'yes',
      TIDEGATE_REQUEST_TIMEOUT_MS: '-1',
    };
    expect(problemsOf({ env, flags: { port: '70000', logLevel: 'loud' } }).toSorted()).toEqual([
      '--log-level: must be one of silent, fatal, error, warn, info, debug, trace, is "loud"',
      '--port: must be a whole number from 0 to 65535, is "70000"',
      'TIDEGATE_BODY_BYTES: must be a whole number from 1024 to 1073741824, is "1e6"',
      'TIDEGATE_BUILTIN: must be true or false, is "yes"',
      'TIDEGATE_PROFILE: must be one of baseline, recommended, strict, is "strct" (did you mean "strict"?)',
      'TIDEGATE_REQUEST_TIMEOUT_MS: must be a whole number from 100 to 60000, is "-1"',
      'tidegate.yaml:3:1: unknown field "profil" (did you mean "profile"?)',
    ]);
  });

  it('says that a settings file is missing only when it was asked for', () => {
    expect(problemsOf({})).toEqual([]);
    expect(problemsOf({ flags: { settings: 'gone.yaml' } })).toEqual(['gone.yaml: no such file or folder']);
    expect(problemsOf({ flags: { settings: '.' } })[0]).toMatch(/^\.: /);
  });
});
