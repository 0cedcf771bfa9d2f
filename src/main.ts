#!/usr/bin/env node
/** argv -> command -> exit code. Each command is loaded only when asked for: `audit` never loads the server, nor `serve` the reports. */
import nodeModule from 'node:module';
import type { Command } from 'commander';
import { version } from './cli/version.ts';

// The tool could not do its work; 1 is for findings.
const EXIT_UNUSABLE = 2;

// `engines` is a warning that npm prints at most: an older Node would end somewhere on the way, in words of its own.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 19)) {
  process.stderr.write(`tidegate needs Node 22.19 or later, and this is ${process.versions.node}\n`);
  process.exit(EXIT_UNUSABLE);
}

// Compiled code is kept between runs: half of a start is the parsing of libraries.
nodeModule.enableCompileCache();

interface Entry {
  readonly summary: string;
  /** The command, whose action calls `exit` with the exit code when its work is done. */
  readonly load: (exit: (code: number) => void) => Promise<Command>;
}

const COMMANDS: Readonly<Record<string, Entry>> = {
  audit: {
    summary: 'judge what is in files, folders, standard input or a cluster; changes nothing',
    load: async (exit) => (await import('./cli/audit.ts')).auditCommand(exit),
  },
  export: {
    summary: "turn policies into Kubernetes' own, as far as they go; says what stays behind",
    load: async (exit) => (await import('./cli/export.ts')).exportCommand(STREAMS, exit),
  },
  policies: {
    summary: 'list the policies in force, with what they do',
    load: async (exit) => (await import('./cli/policies.ts')).policiesCommand(exit),
  },
  explain: {
    summary: 'show the page of a policy: why it matters, how to fix, what can be set',
    load: async (exit) => (await import('./cli/explain.ts')).explainCommand(exit),
  },
  init: {
    summary: 'write a settings file to start from',
    load: async (exit) => (await import('./cli/init.ts')).initCommand(exit),
  },
  fix: {
    summary: 'mend what an audit finds, in the files themselves; shows the changes first',
    load: async (exit) => (await import('./cli/fix.ts')).fixCommand(exit),
  },
  drift: {
    summary: 'show what the webhook would change today in objects that are there already',
    load: async (exit) => (await import('./cli/drift.ts')).driftCommand(exit),
  },
  impact: {
    summary: 'say what a change of policies would refuse, before it is made',
    load: async (exit) => (await import('./cli/impact.ts')).impactCommand(exit),
  },
  serve: {
    summary: 'answer a Kubernetes API server as its admission webhook',
    load: async (exit) => (await import('./cli/serve.ts')).serveCommand(exit),
  },
  test: {
    summary: 'check policies against the examples beside them',
    load: async (exit) => (await import('./cli/test.ts')).testCommand(print, exit),
  },
  demo: {
    summary: 'show the product at work on the examples, without a cluster',
    load: async (exit) => (await import('./cli/demo.ts')).demoCommand(exit),
  },
};

async function run(argv: readonly string[]): Promise<void> {
  const { Command, CommanderError } = await import('commander');
  const program = new Command('tidegate').description('Policy-as-code for Kubernetes.').version(version());
  const asked = argv.find((argument) => Object.hasOwn(COMMANDS, argument));
  for (const [name, { summary, load }] of Object.entries(COMMANDS)) {
    const command = name === asked ? await load(setExitCode) : new Command();
    const hint = `tidegate ${name} --help says what there is`;
    program.addCommand(
      command.name(name).summary(summary).description(sentence(summary)).showHelpAfterError(hint).exitOverride(),
    );
  }
  try {
    await program
      .exitOverride()
      .showHelpAfterError('tidegate --help says what there is')
      .parseAsync(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    setExitCode(error.exitCode === 0 ? 0 : EXIT_UNUSABLE);
  }
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

const STREAMS = {
  out: (text: string) => process.stdout.write(text),
  err: (text: string) => process.stderr.write(text),
};

// Not process.exit(): what is still on its way to a pipe would be lost.
function setExitCode(code: number): void {
  process.exitCode = code;
}

/** A mistake of ours is told whole, and taken for no finding. */
function giveUp(error: unknown): void {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(EXIT_UNUSABLE);
}

/** `tidegate audit … | head` has read what it wanted: no failure. Whatever else keeps output from its reader is one. */
function leaveReader(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') return;
  process.stderr.write(`cannot write: ${error.message}\n`);
  process.exit(EXIT_UNUSABLE);
}

function sentence(summary: string): string {
  return `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`;
}

for (const stream of [process.stdout, process.stderr]) stream.on('error', leaveReader);
process.on('uncaughtException', giveUp);
await run(process.argv.slice(2));
