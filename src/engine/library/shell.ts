/** What a command line runs, read from a shell script where it is one: which commands, for how long, and how it ends. */
import type { FunctionDeclaration } from '../../cel/function.ts';
import { DYN, INT, list, map, STRING } from '../../cel/type.ts';
import { Boxed, isMap, type JsonMap, type Value } from '../../cel/value.ts';
import { baseName, type CommandLine, FOREVER, hostsOf, shellCall, sleepSeconds, unwrap } from './command-line.ts';
import { type Command, type Loop, parseShell, type Script, type Simple, type Step } from './shell-parse.ts';

export interface ShellCommand {
  /** The program's base name, behind `exec`, `env`, `timeout` and the like. */
  readonly name: string;
  /** Without quotes; the name as it was written first. */
  readonly words: readonly string[];
  /** Files that its output goes to. */
  readonly writes: readonly string[];
  readonly hosts: readonly string[];
  /** How long a `sleep` lasts; 0 for what does not sleep, or where it is not written out. */
  readonly seconds: number;
  /** It runs once and in any case: in no loop, branch, function, substitution or background, and not after `||`. */
  readonly top: boolean;
  /** It takes the place of the shell. */
  readonly exec: boolean;
}

export interface ShellLoop {
  readonly keyword: Loop['keyword'];
  /** `while true` with no way out. */
  readonly endless: boolean;
  /** It ends by itself: a `for`, a counter, a `timeout` around it; so do the loops in it. */
  readonly bounded: boolean;
  /** It is waited for, and another command comes after it. */
  readonly followed: boolean;
  readonly commands: readonly ShellCommand[];
}

export interface ShellFacts {
  /** The script where the words call a shell with `-c`, straight or by `env`; else empty. */
  readonly script: string;
  /** Its index in the words, or -1. */
  readonly index: number;
  /** The script file that a shell, or the kernel for it, runs; else empty. */
  readonly file: string;
  /** In their order, those in substitutions before the command that they are a part of. */
  readonly commands: readonly ShellCommand[];
  /** The outermost ones. */
  readonly loops: readonly ShellLoop[];
  /** The script is one simple command, which `exec` may stand before. */
  readonly simple: boolean;
  /** In the end the shell is replaced by a program, whichever way the script takes. */
  readonly endsInExec: boolean;
}

/** `shell(argv)`, `hookSeconds(handler)`: see the functions of these names. */
export const SHELL_FUNCTIONS: readonly FunctionDeclaration[] = [
  {
    name: 'shell',
    overloads: [
      {
        id: 'tidegate_shell_list',
        parameters: [list(STRING)],
        result: map(STRING, DYN),
        call: (words) => ({ ...shell(asStrings(words)) }) as unknown as JsonMap,
        cost: ([words]) => Math.ceil(asStrings(words).join('').length / 10) + 1,
      },
    ],
  },
  {
    name: 'hookSeconds',
    overloads: [
      { id: 'tidegate_hook_seconds_dyn', parameters: [DYN], result: INT, call: (handler) => hookSeconds(handler) },
    ],
  },
];

/** The facts about a command line; without a shell it is itself the one command. Never an error. */
export function shell(words: readonly string[]): ShellFacts {
  const call = shellCall(words);
  const index = call !== undefined && 'script' in call ? call.script : -1;
  const script = words[index] ?? '';
  const facts: Draft = { commands: [], loops: [] };
  const tree = index < 0 ? [stepOf(words)] : parseShell(script);
  addScript(facts, tree, { top: true, bounded: false, background: false, depth: 0 });
  return {
    script,
    index,
    file: call !== undefined && 'file' in call ? (words[call.file] ?? '') : scriptFile(words),
    commands: facts.commands,
    loops: facts.loops.map((loop) => finished(loop, facts.commands)),
    simple: index >= 0 && isSimple(tree),
    endsInExec: index >= 0 && isReplaced(tree),
  };
}

/**
 * The seconds that a lifecycle handler takes for sure: its sleep action, or the sleeps that its command runs in any case.
 * 0 where nothing is known.
 */
export function hookSeconds(handler: Value | undefined): number {
  const { sleep, exec } = asMap(handler);
  const action = asMap(sleep)['seconds'];
  if (typeof action === 'number') return action;
  const { commands } = shell(asStrings(asMap(exec)['command']));
  const seconds = commands.filter(({ top }) => top).reduce((sum, command) => sum + command.seconds, 0);
  return Math.min(FOREVER, seconds);
}

interface Draft {
  readonly commands: ShellCommand[];
  readonly loops: LoopDraft[];
}

interface LoopDraft {
  readonly keyword: Loop['keyword'];
  readonly background: boolean;
  readonly start: number;
  end: number;
  endless: boolean;
  bounded: boolean;
  counted: boolean;
  /** A loop in it does not end by itself. */
  holdsUnbounded: boolean;
}

/** Where in a script a command stands. */
interface Place {
  readonly top: boolean;
  readonly bounded: boolean;
  readonly background: boolean;
  /** Of scripts in scripts. */
  readonly depth: number;
  /** The innermost loop around it. */
  readonly loop?: LoopDraft;
}

/** Scripts in scripts, as deep as a person writes them. */
const MAX_DEPTH = 8;

function addScript(facts: Draft, script: Script, place: Place): void {
  for (const { pipeline, after, background } of script) {
    const top = place.top && !background && after !== 'or';
    for (const command of pipeline) {
      addCommand(facts, command, { ...place, top, background: place.background || background });
    }
  }
}

function addCommand(facts: Draft, command: Command, place: Place): void {
  const inside: Place = { ...place, top: false };
  if (place.depth < MAX_DEPTH) {
    for (const text of command.scripts) addScript(facts, parseShell(text), { ...inside, depth: place.depth + 1 });
  }
  if (command.type === 'simple') {
    addSimple(facts, command, place);
    return;
  }
  if (command.writes.length > 0) facts.commands.push(commandOf(unwrap([]), command.writes, false));
  if (command.type === 'loop') addLoop(facts, command, inside);
  else if (command.type === 'branches') {
    for (const [index, body] of command.bodies.entries()) {
      addScript(facts, command.conditions[index] ?? [], inside);
      addScript(facts, body, inside);
    }
  } else addScript(facts, command.body, command.type === 'function' ? inside : place);
}

function addSimple(facts: Draft, { words, writes, assignments }: Simple, place: Place): void {
  const counts = [...assignments, ...words].some((word) => /=\$\(\(|=.*\bexpr\b|^let$|^\(\($|\$\{?SECONDS/.test(word));
  if (counts && place.loop) place.loop.counted = true;
  if (words.length === 0 && writes.length === 0) return;
  const line = unwrap(words);
  facts.commands.push(commandOf(line, writes, place.top));
  const call = shellCall(line.words);
  if (call === undefined || !('script' in call) || place.depth >= MAX_DEPTH) return;
  const inside = { ...place, bounded: place.bounded || line.bounded, depth: place.depth + 1 };
  addScript(facts, parseShell(line.words[call.script] ?? ''), inside);
}

function commandOf({ words, exec, bounded }: CommandLine, writes: readonly string[], top: boolean): ShellCommand {
  const seconds = bounded ? 0 : sleepSeconds(words);
  return { name: baseName(words[0] ?? ''), words, writes, hosts: hostsOf(words), seconds, top, exec };
}

function addLoop(facts: Draft, { keyword, condition, body }: Loop, place: Place): void {
  const start = facts.commands.length;
  const { background } = place;
  const unknown = { end: start, endless: false, bounded: false, counted: false, holdsUnbounded: false };
  const loop: LoopDraft = { keyword, background, start, ...unknown };
  addScript(facts, condition, { ...place, loop });
  const readsInput = facts.commands.slice(start).some(({ name }) => name === 'read');
  addScript(facts, body, { ...place, loop });
  loop.end = facts.commands.length;
  const leaves = facts.commands.slice(start).some(({ name }) => ['break', 'exit', 'return'].includes(name));
  loop.endless = !place.bounded && !leaves && isConstant(keyword, condition);
  const ends = keyword === 'for' || readsInput || loop.counted || place.bounded;
  loop.bounded = ends && !loop.holdsUnbounded;
  if (place.loop === undefined) facts.loops.push(loop);
  else if (!loop.bounded) place.loop.holdsUnbounded = true;
}

/** `while true`, `while :`, `until false`. */
function isConstant(keyword: Loop['keyword'], condition: Script): boolean {
  const [step, ...more] = condition;
  const [command] = step?.pipeline ?? [];
  if (more.length > 0 || command?.type !== 'simple') return false;
  const [word = ''] = command.words;
  return keyword === 'while' ? ['true', ':', '1'].includes(word) : keyword === 'until' && word === 'false';
}

function finished(
  { start, end, keyword, endless, bounded, background }: LoopDraft,
  all: readonly ShellCommand[],
): ShellLoop {
  const followed = end < all.length && !endless && !background;
  return { keyword, endless, bounded, followed, commands: all.slice(start, end) };
}

/** What a shell does itself: `exec cd` would look for a program of that name. */
const BUILTINS: ReadonlySet<string> = new Set(
  ': . [[ (( alias break cd continue declare eval exec exit export let local read readonly return set shift source trap ulimit umask unset wait'.split(
    ' ',
  ),
);

function isSimple(script: Script): boolean {
  const [step, ...more] = script;
  const [command, ...piped] = step?.pipeline ?? [];
  if (step === undefined || more.length > 0 || piped.length > 0 || step.background) return false;
  if (command?.type !== 'simple' || command.assignments.length > 0) return false;
  return command.words.length > 0 && !BUILTINS.has(command.words[0] ?? '');
}

/** A step counts where it is reached in any case, or stands in the last chain of `&&` and `||`. */
function isReplaced(script: Script): boolean {
  const lastChain = script.findLastIndex(({ after }) => after === undefined);
  return script.some(({ pipeline, after, background }, index) => {
    const [command, ...piped] = pipeline;
    if (command === undefined || piped.length > 0 || background) return false;
    return (after === undefined || index >= lastChain) && replaces(command);
  });
}

function replaces(command: Command): boolean {
  if (command.type === 'simple') return unwrap(command.words).exec;
  if (command.type === 'branches') return command.complete && command.bodies.every(isReplaced);
  return command.type === 'group' && isReplaced(command.body);
}

function stepOf(words: readonly string[]): Step {
  const command: Simple = { type: 'simple', assignments: [], words, writes: [], scripts: [] };
  return { pipeline: [command], after: undefined, background: false };
}

function scriptFile([program = '']: readonly string[]): string {
  return program.endsWith('.sh') ? program : '';
}

function asStrings(value: Value | undefined): readonly string[] {
  return Array.isArray(value) ? (value as readonly Value[]).map(String) : [];
}

function asMap(value: Value | undefined): JsonMap {
  return value !== undefined && isMap(value) && !(value instanceof Boxed) ? value : {};
}
