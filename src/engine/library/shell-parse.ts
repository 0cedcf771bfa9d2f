/** A shell script as a tree: enough of the grammar to tell what runs, in which order, and whether in any case. */
import { type Operator, shellTokens, type Token, type Word } from './shell-tokens.ts';

/** Pipelines in their order. */
export type Script = readonly Step[];

export interface Step {
  /** The commands of a pipeline, mostly one. */
  readonly pipeline: readonly Command[];
  /** How it hangs on the step before: after `&&`, after `||`, or not at all. */
  readonly after: 'and' | 'or' | undefined;
  readonly background: boolean;
}

export type Command = Simple | Loop | Branches | Group;

interface Redirected {
  /** Files that output goes to. */
  readonly writes: readonly string[];
  /** The scripts of the substitutions in its words. */
  readonly scripts: readonly string[];
}

export interface Simple extends Redirected {
  readonly type: 'simple';
  readonly assignments: readonly string[];
  readonly words: readonly string[];
}

export interface Loop extends Redirected {
  readonly type: 'loop';
  readonly keyword: 'while' | 'until' | 'for';
  readonly condition: Script;
  readonly body: Script;
}

export interface Branches extends Redirected {
  readonly type: 'branches';
  readonly conditions: readonly Script[];
  readonly bodies: readonly Script[];
  /** One of the bodies runs in any case. */
  readonly complete: boolean;
}

export interface Group extends Redirected {
  readonly type: 'group' | 'subshell' | 'function';
  readonly body: Script;
}

interface State {
  readonly tokens: readonly Token[];
  at: number;
  depth: number;
}

/** Deeper nesting than a person writes; what lies below is left out. */
const MAX_DEPTH = 40;

/** What ends a branch of a `case`. */
const CASE_ENDS = [';;', ';&', ';;&'] as const;

const NOTHING: Redirected = { writes: [], scripts: [] };

/** The tree of any text: what is no shell script gives some tree too. */
export function parseShell(text: string): Script {
  const state: State = { tokens: shellTokens(text), at: 0, depth: 0 };
  const script: Step[] = [];
  while (state.at < state.tokens.length) {
    script.push(...parseList(state, []));
    state.at += 1;
  }
  return script;
}

/** Up to a reserved word of `ends`, a `)` or a `;;`, which are not consumed. */
function parseList(state: State, ends: readonly string[]): Script {
  const script: Step[] = [];
  for (;;) {
    while (isOperator(peek(state), '\n', ';', '&')) state.at += 1;
    const token = peek(state);
    if (token === undefined || isOperator(token, ')', ...CASE_ENDS) || isReserved(token, ends)) break;
    const { at } = state;
    script.push(...parseChain(state));
    if (state.at === at) state.at += 1;
  }
  return script;
}

/** Pipelines joined by `&&` and `||`, all in the background where an `&` ends them. */
function parseChain(state: State): Script {
  const steps: Step[] = [];
  let after: Step['after'];
  for (;;) {
    while (after !== undefined && isOperator(peek(state), '\n')) state.at += 1;
    steps.push({ pipeline: parsePipeline(state), after, background: false });
    if (!isOperator(peek(state), '&&', '||')) break;
    after = isOperator(peek(state), '&&') ? 'and' : 'or';
    state.at += 1;
  }
  const background = isOperator(peek(state), '&');
  return background ? steps.map((step) => ({ ...step, background })) : steps;
}

function parsePipeline(state: State): readonly Command[] {
  while (isReserved(peek(state), ['!', 'time'])) state.at += 1;
  const commands = [parseCommand(state)];
  while (isOperator(peek(state), '|', '|&')) {
    state.at += 1;
    while (isOperator(peek(state), '\n')) state.at += 1;
    commands.push(parseCommand(state));
  }
  return commands;
}

function parseCommand(state: State): Command {
  state.depth += 1;
  if (state.depth > MAX_DEPTH) state.at = state.tokens.length;
  const command = parseAnyCommand(state);
  state.depth -= 1;
  return command;
}

function parseAnyCommand(state: State): Command {
  const token = peek(state);
  if (isOperator(token, '(')) return parseParenthesis(state);
  const keyword = token?.type === 'word' && token.bare ? token.value : '';
  const compound = COMPOUNDS[keyword];
  if (compound !== undefined) {
    state.at += 1;
    const command = compound(state, keyword);
    const { writes, scripts } = parseSimple(state, true);
    return { ...command, writes, scripts };
  }
  if (isOperator(state.tokens[state.at + 1], '(') && isOperator(state.tokens[state.at + 2], ')')) {
    state.at += 3;
    return parseFunction(state);
  }
  return parseSimple(state, false);
}

const COMPOUNDS: Readonly<Record<string, ((state: State, keyword: string) => Command) | undefined>> = {
  while: parseLoop,
  until: parseLoop,
  for: parseFor,
  select: parseFor,
  if: parseIf,
  case: parseCase,
  function: (state) => {
    state.at += 1;
    if (isOperator(peek(state), '(')) state.at += 2;
    return parseFunction(state);
  },
  '{': (state) => {
    const body = parseList(state, ['}']);
    state.at += 1;
    return { type: 'group', body, ...NOTHING };
  },
};

function parseParenthesis(state: State): Command {
  state.at += 1;
  // `((…))` is arithmetic: a command of its own.
  if (isOperator(peek(state), '(')) {
    while (state.at < state.tokens.length && !isOperator(peek(state), ')')) state.at += 1;
    state.at += 2;
    return { type: 'simple', assignments: [], words: ['(('], ...NOTHING };
  }
  const body = parseList(state, []);
  state.at += 1;
  const { writes, scripts } = parseSimple(state, true);
  return { type: 'subshell', body, writes, scripts };
}

function parseFunction(state: State): Command {
  while (isOperator(peek(state), '\n')) state.at += 1;
  const body: Script = [{ pipeline: [parseCommand(state)], after: undefined, background: false }];
  return { type: 'function', body, ...NOTHING };
}

function parseLoop(state: State, keyword: string): Command {
  const condition = parseList(state, ['do', 'done']);
  return { type: 'loop', keyword: keyword === 'until' ? 'until' : 'while', condition, ...parseBody(state), ...NOTHING };
}

function parseFor(state: State): Command {
  while (state.at < state.tokens.length && !isReserved(peek(state), ['do', 'done'])) state.at += 1;
  return { type: 'loop', keyword: 'for', condition: [], ...parseBody(state), ...NOTHING };
}

function parseBody(state: State): { readonly body: Script } {
  if (isReserved(peek(state), ['do'])) state.at += 1;
  const body = parseList(state, ['done']);
  state.at += 1;
  return { body };
}

function parseIf(state: State): Command {
  const conditions: Script[] = [];
  const bodies: Script[] = [];
  let complete = false;
  while (state.at < state.tokens.length && !isReserved(peek(state), ['fi'])) {
    if (isReserved(peek(state), ['else'])) complete = true;
    else if (isReserved(peek(state), ['then'])) state.at += 1;
    if (isReserved(peek(state), ['else', 'elif'])) state.at += 1;
    const isCondition = conditions.length === bodies.length && !complete;
    (isCondition ? conditions : bodies).push(parseList(state, ['then', 'elif', 'else', 'fi']));
    // Nothing of an `if` ends in these: text that is no script must not keep us here.
    if (isOperator(peek(state), ')', ...CASE_ENDS)) state.at += 1;
  }
  state.at += 1;
  return { type: 'branches', conditions, bodies, complete, ...NOTHING };
}

function parseCase(state: State): Command {
  const bodies: Script[] = [];
  let complete = false;
  while (state.at < state.tokens.length && !isReserved(peek(state), ['in'])) state.at += 1;
  state.at += 1;
  while (state.at < state.tokens.length && !isReserved(peek(state), ['esac'])) {
    const patterns: string[] = [];
    for (; state.at < state.tokens.length && !isOperator(peek(state), ')'); state.at += 1) {
      const token = peek(state);
      if (token?.type === 'word') patterns.push(token.value);
    }
    state.at += 1;
    complete ||= patterns.includes('*');
    bodies.push(parseList(state, ['esac']));
    while (isOperator(peek(state), ...CASE_ENDS, '\n')) state.at += 1;
  }
  state.at += 1;
  return { type: 'branches', conditions: [], bodies, complete, ...NOTHING };
}

const REDIRECTIONS: ReadonlySet<string> = new Set([
  '<',
  '<<',
  '<<-',
  '<<<',
  '<&',
  '<>',
  '>',
  '>>',
  '>&',
  '>|',
  '&>',
  '&>>',
]);

/** A simple command; after a compound one (`onlyRedirections`) only what its output goes to. */
function parseSimple(state: State, onlyRedirections: boolean): Simple {
  const simple = {
    assignments: [] as string[],
    words: [] as string[],
    writes: [] as string[],
    scripts: [] as string[],
  };
  for (let token = peek(state); token !== undefined; token = peek(state)) {
    if (token.type === 'operator') {
      if (!REDIRECTIONS.has(token.text) && !inTest(simple.words)) break;
      state.at += 1;
      if (!inTest(simple.words)) parseTarget(state, token, simple);
      continue;
    }
    if (onlyRedirections) break;
    state.at += 1;
    simple.scripts.push(...token.scripts);
    const isAssignment = simple.words.length === 0 && /^\w+\+?=/.test(token.value);
    (isAssignment ? simple.assignments : simple.words).push(token.value);
  }
  return { type: 'simple', ...simple };
}

/** Between `[[` and `]]` a `>` compares. */
function inTest(words: readonly string[]): boolean {
  return words[0] === '[[' && words.at(-1) !== ']]';
}

function parseTarget(
  state: State,
  { text }: Operator,
  into: { readonly writes: string[]; readonly scripts: string[] },
): void {
  const target = peek(state);
  if (target?.type !== 'word') return;
  state.at += 1;
  into.scripts.push(...target.scripts);
  const duplicates = text === '>&' && /^(?:\d+|-)$/.test(target.value);
  if (text.includes('>') && !duplicates) into.writes.push(target.value);
}

function peek(state: State): Token | undefined {
  return state.tokens[state.at];
}

function isOperator(token: Token | undefined, ...texts: readonly string[]): token is Operator {
  return token?.type === 'operator' && texts.includes(token.text);
}

function isReserved(token: Token | undefined, words: readonly string[]): token is Word {
  return token?.type === 'word' && token.bare && words.includes(token.value);
}
