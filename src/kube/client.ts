/** The connection to an API server: where it is, who we are, and plain JSON from it. */
import { type IncomingMessage, request as plainRequest } from 'node:http';
import { type RequestOptions, request as tlsRequest } from 'node:https';
import { KubeConfig } from '@kubernetes/client-node';
import { loadKubeconfig, usePlugin } from './kubeconfig.ts';

/** Anything that the API server sends. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

export interface JsonObject {
  readonly [key: string]: Json;
}

/** Where a cluster is and who we are there: for those who only pass it on. */
export type Connection = KubeConfig;

export type ClusterConfig =
  | { readonly ok: true; readonly config: Connection }
  | { readonly ok: false; readonly message: string };

/** An answer of the API server that is no success. The message is the Status object's, or the HTTP status text. */
export class StatusError extends Error {
  readonly statusCode: number;
  /** `metadata.continue` of the Status: of a list whose token has expired (410), where it can be gone on with. */
  readonly continue: string | undefined;

  constructor(statusCode: number, message: string, next?: string) {
    super(message);
    this.statusCode = statusCode;
    this.continue = next;
  }
}

/**
 * How to reach the cluster of a kubeconfig file (its current context), or without one the cluster that this pod runs in.
 * Nothing is sent. The message names the file and never its content.
 */
export function clusterConfig(kubeconfig: string | undefined): ClusterConfig {
  const config = new KubeConfig();
  if (kubeconfig === undefined && process.env['KUBERNETES_SERVICE_HOST'] === undefined) {
    return { ok: false, message: 'no kubeconfig, and this is no pod of a cluster: name one with --kubeconfig' };
  }
  const source = kubeconfig === undefined ? 'the ServiceAccount of this pod' : `kubeconfig ${kubeconfig}`;
  try {
    if (kubeconfig === undefined) config.loadFromCluster();
    else loadKubeconfig(config, kubeconfig);
  } catch (error) {
    return { ok: false, message: `${source}: ${firstLine(error)}` };
  }
  const message = unusable(config, source);
  if (message !== undefined) return { ok: false, message };
  usePlugin(config, false);
  return { ok: true, config };
}

/** Why the current context leads to no API server; undefined where it does. `source` is where it was read from. */
export function unusable(config: Connection, source: string): string | undefined {
  const { server, skipTLSVerify } = config.getCurrentCluster() ?? {};
  if (server === undefined) return `${source}: its current context names no cluster`;
  const user = config.getContextObject(config.getCurrentContext())?.user;
  if (user !== undefined && config.getUser(user) === null) return `${source}: it has no user "${user}"`;
  if (!URL.canParse(server)) return `${source}: "${server}" is no address of an API server`;
  if (/^http:/i.test(server) && !skipTLSVerify) {
    return `${source}: "${new URL(server).origin}" would get what the user logs in with unencrypted: name it by https`;
  }
  const provider = config.getCurrentUser()?.authProvider as AuthProvider | undefined;
  const legacy = provider && unusableProvider(provider);
  return legacy && `${source}: its user "${user}" has ${legacy}`;
}

/** `users[].user.auth-provider`; with a `tokenFile` it is what the client makes of the ServiceAccount of a pod. */
interface AuthProvider {
  readonly name: string;
  readonly config?: { readonly tokenFile?: string; readonly 'id-token'?: string } | null;
}

// kubectl no longer has them either.
const PLUGINS: Readonly<Record<string, string>> = { gcp: 'gke-gcloud-auth-plugin', azure: 'kubelogin' };

function unusableProvider({ name, config }: AuthProvider): string | undefined {
  if (config?.tokenFile) return undefined;
  if (name === 'oidc')
    return config?.['id-token'] ? undefined : 'the auth-provider "oidc" without an id-token: log in first';
  const plugin = PLUGINS[name] ?? 'a credential plugin';
  return `the auth-provider "${name}", which is no longer supported: let it log in with ${plugin} (exec)`;
}

/** Logs the user in where a plugin does that, however long a person takes over it: requests wait for seconds only. */
export async function logIn(config: Connection): Promise<void> {
  await config.applyToHTTPSOptions({});
}

const JSON_TYPE = 'application/json';

/** GETs a path of the API server until the signal aborts; rejects with a StatusError, or with the error of the connection. */
export async function getJson(
  config: KubeConfig,
  path: string,
  signal: AbortSignal = AbortSignal.timeout(30_000),
  accept = JSON_TYPE,
): Promise<JsonObject> {
  return exchange(config, path, { method: 'GET', signal, headers: { accept } });
}

/** The same, but undefined where there is no such object (404). */
export async function getJsonIfThere(
  config: KubeConfig,
  path: string,
  signal?: AbortSignal,
): Promise<JsonObject | undefined> {
  try {
    return await getJson(config, path, signal);
  } catch (error) {
    if (error instanceof StatusError && error.statusCode === 404) return undefined;
    throw error;
  }
}

/** POSTs JSON to a path of the API server until the signal aborts; rejects as getJson does. */
export async function postJson(
  config: KubeConfig,
  path: string,
  body: object,
  signal: AbortSignal = AbortSignal.timeout(30_000),
): Promise<JsonObject> {
  return exchange(config, path, { method: 'POST', signal }, { type: JSON_TYPE, value: body });
}

/** PATCHes a path with JSON of a patch's own media type; rejects as getJson does, with status 409 where a resourceVersion in it is not the latest. */
export async function patchJson(
  config: KubeConfig,
  path: string,
  patch: Body,
  signal: AbortSignal = AbortSignal.timeout(30_000),
): Promise<JsonObject> {
  return exchange(config, path, { method: 'PATCH', signal }, patch);
}

/** DELETEs an object, what it owns in the background; rejects as getJson does. */
export async function deleteJson(
  config: KubeConfig,
  path: string,
  signal: AbortSignal = AbortSignal.timeout(30_000),
): Promise<JsonObject> {
  return exchange(config, path, { method: 'DELETE', signal });
}

export interface Body {
  /** The media type. */
  readonly type: string;
  readonly value: object;
}

/** The time by the API server's clock, to the second, in milliseconds of the epoch; rejects as getJson does. */
export async function serverTime(
  config: KubeConfig,
  signal: AbortSignal = AbortSignal.timeout(10_000),
): Promise<number> {
  const response = await send(config, '/version', { method: 'GET', signal });
  response.resume();
  const time = Date.parse(response.headers.date ?? '');
  if (Number.isNaN(time)) throw new Error('the API server does not say the time');
  return time;
}

async function exchange(config: KubeConfig, path: string, given: RequestOptions, sent?: Body): Promise<JsonObject> {
  const { response, text } = await answered(config, path, given, sent);
  const { statusCode = 0 } = response;
  if (statusCode < 200 || statusCode > 299) throw statusError(statusCode, text, response);
  return jsonOf(text);
}

async function answered(
  config: KubeConfig,
  path: string,
  given: RequestOptions,
  sent?: Body,
): Promise<{ readonly response: IncomingMessage; readonly text: string }> {
  try {
    const response = await send(config, path, given, sent);
    return { response, text: await textOf(response) };
  } catch (error) {
    // Node calls all that is cut short aborted; the signal says that it took too long.
    given.signal?.throwIfAborted();
    throw error;
  }
}

async function send(config: KubeConfig, path: string, given: RequestOptions, sent?: Body): Promise<IncomingMessage> {
  const url = new URL(`${config.getCurrentCluster()?.server}${path}`);
  const headers = { accept: JSON_TYPE, ...given.headers, ...(sent !== undefined && { 'content-type': sent.type }) };
  const body = sent === undefined ? undefined : JSON.stringify(sent.value);
  const options: RequestOptions = { ...given, headers };
  await config.applyToHTTPSOptions(options);
  return new Promise<IncomingMessage>((resolve, reject) => {
    const request = url.protocol === 'http:' ? plainRequest : tlsRequest;
    request(url, options, resolve).on('error', reject).end(body);
  });
}

/** The parser's own error would quote from the text, which may be that of a Secret. */
function jsonOf(text: string): JsonObject {
  try {
    return JSON.parse(text) as JsonObject;
  } catch {
    throw new Error('the answer of the API server is no JSON');
  }
}

async function textOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function statusError(code: number, text: string, response: IncomingMessage): StatusError {
  try {
    const { message, metadata } = JSON.parse(text) as { message?: unknown; metadata?: { continue?: string } };
    if (typeof message === 'string') return new StatusError(code, message, metadata?.continue);
  } catch {
    // A proxy on the way answers in its own words; the status text is enough.
  }
  return new StatusError(code, response.statusMessage ?? 'no status');
}

/** What was thrown, in one line. */
export function firstLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split('\n')[0] ?? '';
}
