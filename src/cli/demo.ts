/** `tidegate demo`: the product at work in half a minute's reading. Everything in it is real but the cluster. */
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { admit } from '../admission/admit.ts';
import { audit } from '../audit/audit.ts';
import { findFiles, readFiles } from '../audit/files.ts';
import { type GivenObjects, givenObjects } from '../audit/given-objects.ts';
import { type Manifests, readManifests } from '../audit/manifests.ts';
import { requestOf } from '../audit/request.ts';
import { writeYaml } from '../audit/yaml.ts';
import { type Config, loadConfig } from '../config/config.ts';
import type { PolicySet } from '../engine/compiled.ts';
import type { Context, KubernetesObject, Patch, Request } from '../engine/decision.ts';
import { applyPatch } from '../engine/object/patch.ts';
import { rebased } from '../engine/object/rebase.ts';
import type { Problem } from '../policy/problem.ts';
import type { Screen } from '../report/paint.ts';
import { renderTable } from '../report/table.ts';
import { unifiedDiff } from '../report/unified-diff.ts';
import { wrap } from '../report/wrap.ts';
import { loadCatalog } from '../sources/catalog.ts';
import { type Answer, startDemoWebhook } from './demo-webhook.ts';
import { refuse } from './refuse.ts';
import { screenOf } from './terminal.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const EXAMPLES = fileURLToPath(new URL('../../docs/examples', import.meta.url));

/** `demo`; `exit` gets 0 where everything went as it should, 1 where an answer was not the expected one. */
export function demoCommand(exit: (code: number) => void): Command {
  return new Command('demo')
    .option('--no-color', 'no colours, even on a terminal')
    .action(async ({ color }: { readonly color: boolean }) => {
      exit(await demo(screenOf(process.stdout, process.env, color)));
    });
}

async function demo(screen: Screen): Promise<number> {
  const config = loadConfig({ flags: { settings: `${EXAMPLES}/tidegate.yaml` }, env: {}, cwd: ROOT });
  if (!config.ok) return refuse(config.problems);
  const { set, problems } = policies(config.config);
  if (problems.length > 0) return refuse(problems);
  const folder = relative(process.cwd(), EXAMPLES) || '.';
  const manifests = readManifests(readFiles(findFiles([folder]).files, []));
  print(
    heading(
      `tidegate audit ${folder} --settings ${folder}/tidegate.yaml`,
      'What a cluster would say, without one',
      screen,
    ),
  );
  print(renderTable(audit(manifests, set, { now: Date.now() }), screen));
  return (await admission(manifests, set, screen)) ? 0 : 1;
}

function policies({ settings, settingsPlace, policies: paths }: Config): {
  set: PolicySet;
  problems: readonly Problem[];
} {
  const { catalog, problems } = loadCatalog({ settings, settingsPlace, ...paths });
  return { set: catalog.current(), problems };
}

interface Applied {
  readonly request: Request;
  readonly mutated: Answer;
  readonly validated: Answer;
  /** As the file has it, and with what the webhook changed. */
  readonly before: KubernetesObject;
  readonly after: KubernetesObject;
}

/** Two Deployments go through both doors, as the API server would send them. True where the answers are as expected. */
async function admission(manifests: Manifests, set: PolicySet, screen: Screen): Promise<boolean> {
  const requests = manifests.manifests.map((manifest) => requestOf(manifest, new Map()));
  const cluster = givenObjects(requests);
  const webhook = await startDemoWebhook({
    judge: (door, request) => admit(door, set, request, contextOf(request, cluster)),
    policies: set.policies.map(({ id }) => id),
  });
  const apply = async (name: string): Promise<Applied> => {
    const index = requests.findIndex((one) => one.kind.kind === 'Deployment' && one.name === name);
    const [request, written] = [requests[index], manifests.manifests[index]?.object];
    if (request?.object == null || written === undefined) throw new Error(`no Deployment ${name} among the examples`);
    const mutated = await webhook.review('mutate', { ...request, uid: crypto.randomUUID() });
    const patch = patchOf(mutated);
    const object = patchedBy(patch, request.object);
    const validated = await webhook.review('validate', { ...request, uid: crypto.randomUUID(), object });
    const after = patchedBy(rebased(patch, request.object, written), written);
    return { request, mutated, validated, before: written, after };
  };
  print(heading('tidegate serve', `The webhook: ${webhook.url}, certificate made on the spot`, screen));
  const [refused, repaired] = [await apply('details'), await apply('myblog')];
  await webhook.stop();
  print(refusal(refused, screen));
  print(repair(repaired, screen));
  print(summary([refused, repaired], screen));
  return (
    !refused.validated.response.allowed && repaired.validated.response.allowed && repaired.after !== repaired.before
  );
}

function contextOf(request: Request, cluster: GivenObjects): Context {
  return { namespace: cluster.namespaceOf(request), lookup: cluster, now: Date.now() };
}

function patchOf({ response }: Answer): Patch {
  return response.patch === undefined ? [] : (JSON.parse(Buffer.from(response.patch, 'base64').toString()) as Patch);
}

function patchedBy(patch: Patch, object: KubernetesObject): KubernetesObject {
  const patched = applyPatch(object, patch);
  if (!patched.ok) throw new Error(patched.message);
  return patched.object as KubernetesObject;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

function heading(command: string, what: string, { paint }: Screen): string {
  return `${paint.dim(`# ${what}`)}\n${paint.bold(paint.cyan(`$ ${command}`))}\n`;
}

function objectOf({ request }: Applied): string {
  return `${request.kind.kind.toLowerCase()} ${request.namespace}/${request.name}`;
}

function refusal(applied: Applied, screen: Screen): string {
  const { paint } = screen;
  const message = applied.validated.response.status?.message ?? 'allowed';
  const lines = message.split('\n').flatMap((line) => hanging(line, screen));
  return [
    `${paint.red('✗')} ${paint.bold(`${objectOf(applied)} is refused, and kubectl says why:`)}`,
    '',
    ...lines,
    '',
  ].join('\n');
}

// How the lines of a denial begin; what follows is broken to stand below itself.
const LEAD = /^(?:✗ | {2}(?:at|why|fix) {2,3})/;

function hanging(line: string, { width, paint }: Screen): string[] {
  const lead = LEAD.exec(line)?.[0] ?? '';
  const [first = '', ...rest] = wrap(line.slice(lead.length), width - lead.length - 2);
  const isFinding = lead.startsWith('✗');
  const shown = isFinding ? first.replace(/^[^:]+/, paint.bold) : first;
  const start = (isFinding ? paint.red : paint.dim)(lead);
  return [`  ${start}${shown}`.trimEnd(), ...rest.map((more) => `  ${' '.repeat(lead.length)}${more}`)];
}

const SIGNS = { hunk: '', same: ' ', removed: '-', added: '+' } as const;

function repair(applied: Applied, { paint }: Screen): string {
  const colours = { hunk: paint.cyan, same: paint.dim, removed: paint.red, added: paint.green };
  const diff = unifiedDiff(writeYaml(applied.before), writeYaml(applied.after), 2);
  const lines = diff.map(({ kind, text }) => `  ${colours[kind](SIGNS[kind] + text)}`);
  const names = [paint.red('--- as applied'), paint.green('+++ as admitted')].map((line) => `  ${line}`);
  return [
    `${paint.green('~')} ${paint.bold(`${objectOf(applied)} is mutated, and then allowed:`)}`,
    '',
    ...names,
    ...lines,
    '',
  ].join('\n');
}

function summary(applied: readonly Applied[], { paint }: Screen): string {
  const rows = applied.flatMap((one) => [
    ['/mutate', objectOf(one), one.after === one.before ? 'unchanged' : 'patched', one.mutated] as const,
    ['/validate', objectOf(one), one.validated.response.allowed ? 'allowed' : 'denied', one.validated] as const,
  ]);
  const lines = rows.map(([door, object, verdict, { milliseconds }]) => {
    const colour = verdict === 'denied' ? paint.red : paint.green;
    return `  ${door.padEnd(9)}  ${object.padEnd(26)}  ${colour(verdict.padEnd(9))}  ${milliseconds.toFixed(1).padStart(5)} ms`;
  });
  return [paint.bold('Four AdmissionReviews over TLS:'), ...lines].join('\n');
}
