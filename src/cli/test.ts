/** `tidegate test`: policies judged by their own fixtures. */
import { writeFileSync } from 'node:fs';
import { Command } from 'commander';
import { compilePolicy } from '../engine/compile/policy.ts';
import { type FixtureCase, type PolicyFolder, policyFolders, readPolicyFolder } from '../fixtures/cases.ts';
import { type CaseResult, runCase } from '../fixtures/run.ts';
import { type Tested, testedNative, testedPolicy } from '../fixtures/tested.ts';
import { type ParsedPolicies, parsePolicies } from '../policy/parse.ts';
import { formatProblem, reasonOf } from '../policy/problem.ts';

export interface TestOptions {
  /** Write the golden files anew instead of complaining about them. */
  readonly update: boolean;
}

/** 0: all as it should be; 1: a fixture is not; 2: a policy or a file could not be read. */
export type TestExit = 0 | 1 | 2;

const HELP = `
Beside each policy.yaml: good/*.yaml must give no finding, bad/*.yaml exactly those of bad/*.txt, and mutate/*.before.yaml
must become mutate/*.after.yaml. Exit code: 0 all as expected, 1 a fixture is not, 2 something cannot be read.`;

/** The command; `done` gets its exit code. */
export function testCommand(print: (line: string) => void, done: (exit: TestExit) => void): Command {
  return new Command('test')
    .description('judge policies by the fixtures in their folders: good/, bad/ and mutate/')
    .argument('[path...]', 'policy folders, or folders of them', ['policies'])
    .option('--update', 'write the golden files (bad/*.txt, mutate/*.after.yaml) anew')
    .addHelpText('after', HELP)
    .action((paths: readonly string[], { update = false }: Partial<TestOptions>) =>
      done(testPolicies(paths, { update }, print)),
    );
}

/** Tests every policy at or below the paths and prints a line for each, the differences below it. */
export function testPolicies(paths: readonly string[], options: TestOptions, print: (line: string) => void): TestExit {
  const outcomes = paths.flatMap(foldersOf).map((folder) => testFolder(folder, options));
  for (const outcome of outcomes) printOutcome(outcome, print);
  const cases = outcomes.reduce((sum, outcome) => sum + outcome.cases, 0);
  const failed = outcomes.filter((outcome) => outcome.exit !== 0).length;
  print(`${counted(outcomes.length, 'policy', 'policies')}, ${counted(cases, 'case', 'cases')}: ${verdict(failed)}`);
  if (outcomes.some(({ exit }) => exit === 2)) return 2;
  return failed > 0 ? 1 : 0;
}

interface Outcome {
  readonly folder: string;
  readonly exit: TestExit;
  readonly cases: number;
  /** Said in the policy's own line. */
  readonly summary: string;
  /** Below it, one block each. */
  readonly details: readonly string[];
}

type Found = { readonly folder: string; readonly unreadable?: string };

function foldersOf(path: string): readonly Found[] {
  try {
    const folders = policyFolders(path);
    return folders.length > 0
      ? folders.map((folder) => ({ folder }))
      : [{ folder: path, unreadable: 'holds no policy.yaml' }];
  } catch (error) {
    return [{ folder: path, unreadable: reasonOf(error) }];
  }
}

function testFolder({ folder, unreadable }: Found, options: TestOptions): Outcome {
  if (unreadable) return broken(folder, [unreadable]);
  try {
    return testContent(folder, readPolicyFolder(folder), options);
  } catch (error) {
    return broken(folder, [reasonOf(error)]);
  }
}

function testContent(folder: string, content: PolicyFolder, options: TestOptions): Outcome {
  const { file, text } = content.policyFile;
  const parsed = parsePolicies(text, file);
  if (parsed.problems.length > 0) return broken(folder, parsed.problems.map(formatProblem));
  const tested = testedIn(parsed, file);
  return isTested(tested) ? testCases(folder, tested, content, options) : broken(folder, tested);
}

/** The one policy of a file, or why there is none that can be tested. */
function testedIn({ sources, natives }: ParsedPolicies, file: string): Tested | readonly string[] {
  const policies = natives.filter(({ document }) => !document.kind.endsWith('Binding'));
  if (sources.length + policies.length > 1) return [`${file} holds more than one policy`];
  if (sources.length + natives.length === 0) return [`${file} holds no policy`];
  const [source] = sources;
  if (!source) {
    const tested = testedNative(natives);
    return isTested(tested) ? tested : tested.map(formatProblem);
  }
  const compiled = compilePolicy(source);
  // Parameters may be required: then only the fixtures' settings make the policy complete.
  if (!compiled.ok && !source.policy.spec.parameters?.['required']) return compiled.problems.map(formatProblem);
  return testedPolicy(source);
}

function isTested(tested: Tested | readonly unknown[]): tested is Tested {
  return !Array.isArray(tested);
}

function broken(folder: string, details: readonly string[]): Outcome {
  return { folder, exit: 2, cases: 0, summary: 'cannot be read', details };
}

function testCases(folder: string, tested: Tested, content: PolicyFolder, { update }: TestOptions): Outcome {
  const results = content.cases.map((fixture) => runCase(tested, fixture));
  const updated = update ? results.flatMap(writeGolden) : [];
  const failures = results.filter((result) => result.failures.length > 0 && !updated.includes(result));
  const gaps = [...missing(tested, content.cases), ...content.surplus.map((file) => `${file} belongs to no case`)];
  const details = failures.flatMap(({ name, failures: blocks }) => blocks.map((block) => `${name}: ${block}`));
  const isOk = failures.length === 0 && gaps.length === 0;
  return {
    folder,
    exit: isOk ? 0 : 1,
    cases: results.length,
    summary: `${counted(results.length, 'case', 'cases')}${updated.length > 0 ? `, ${updated.length} written anew` : ''}`,
    details: [...gaps, ...details],
  };
}

/** Writes what the case would have; only a difference from the golden file can be mended so. */
function writeGolden(result: CaseResult): readonly CaseResult[] {
  if (!result.update || result.failures.length > 1) return [];
  writeFileSync(result.update.file, result.update.text);
  return [result];
}

function missing({ mutates }: Tested, cases: readonly FixtureCase[]): readonly string[] {
  const needed = mutates ? (['mutate'] as const) : (['good', 'bad'] as const);
  return needed
    .filter((kind) => !cases.some((fixture) => fixture.kind === kind))
    .map((kind) => `has no ${kind}/${kind === 'mutate' ? '*.before.yaml' : '*.yaml'}`);
}

function printOutcome({ folder, exit, summary, details }: Outcome, print: (line: string) => void): void {
  print(`${exit === 0 ? 'ok    ' : 'FAILED'}  ${folder}  ${summary}`);
  for (const detail of details) print(detail.replace(/^/gm, '        ').trimEnd());
}

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

function verdict(failed: number): string {
  return failed === 0 ? 'all ok' : `${failed} failed`;
}
