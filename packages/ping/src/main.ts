#!/usr/bin/env node
import { homedir } from 'node:os';
import { askHidden, parseArguments, UsageError } from 'tentacle-protocol/command-line';
import type { Command } from './commands/command.js';
import { compareLine, diagnoseLine, explainLine, measureLine, serveLine } from './options.js';
import { ownVersion } from './own-version.js';

const DONE = 0;
/** As --help documents it; a fault of ours is one too. */
const SOME_FAILED = 1;
const USAGE = 2;
/** As a shell reports a process that SIGINT ended: for whoever does not wait for the report. */
const INTERRUPTED = 130;

/** What asks a process to end: Ctrl+C, a service manager, a closed console (Windows: Ctrl+Break). */
const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGBREAK'] as const;

/** Commands by their first word. What a command does is loaded only when it runs: help and version need none of it. */
const COMMANDS: ReadonlyMap<string, Command> = new Map([
  ['compare', { face: compareLine, load: async () => import('./commands/compare.js') }],
  ['diagnose', { face: diagnoseLine, load: async () => import('./commands/diagnose.js') }],
  ['explain', { face: explainLine, load: async () => import('./commands/explain.js') }],
]);
/** Without one, the word is a host to measure. */
const MEASURE: Command = { face: measureLine, load: async () => import('./commands/measure.js') };
const SERVE: Command = { face: serveLine, load: async () => import('./commands/serve.js') };

/** Whether to wait for pollers, which is asked for by an option. */
function listens(argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  return argv.slice(0, end < 0 ? undefined : end).some((word) => word === '--listen' || word.startsWith('--listen='));
}

async function main(): Promise<number> {
  const version = ownVersion();
  const argv = process.argv.slice(2);
  const [first = '', ...rest] = argv;
  const named = COMMANDS.get(first);
  const { face, load } = named ?? (listens(argv) ? SERVE : MEASURE);
  const asked = await parseArguments(face(version), named === undefined ? argv : rest);
  if (asked.kind === 'print') {
    process.stdout.write(`${asked.text}\n`);
    return DONE;
  }
  const stop = stopSignal();
  const { run } = await load();
  return run(asked, version, {
    stdout: (text) => void process.stdout.write(text),
    stderr: writeError,
    stderrIsTerminal: process.stderr.isTTY,
    stdin: process.stdin,
    askHidden: isTerminal() ? (question) => askHidden(question, process.stdin, writeError, stop) : undefined,
    surroundings: { platform: process.platform, env: process.env, home: homedir() },
    stop,
  });
}

function writeError(text: string): void {
  process.stderr.write(text);
}

/** Whether there is somebody to ask, and something to ask them on. */
function isTerminal(): boolean {
  return process.stdin.isTTY && process.stderr.isTTY;
}

/** The first signal ends the run in order; a second one ends the process at once. */
function stopSignal(): AbortSignal {
  const stop = new AbortController();
  for (const name of STOP_SIGNALS) {
    process.on(name, () => {
      if (stop.signal.aborted) process.exit(INTERRUPTED);
      stop.abort();
    });
  }
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', () => {
      // Nobody reads any more (`| head`): there is nothing left to say.
      stop.abort();
    });
  }
  return stop.signal;
}

/** Everything written has to be out before the process ends: a pipe may take its time. */
async function flushed(stream: NodeJS.WriteStream): Promise<void> {
  if (stream.writableLength > 0 && !stream.destroyed)
    await new Promise<void>((resolve) => stream.write('', () => resolve()));
}

main()
  .catch((error: unknown) => {
    if (error instanceof UsageError) {
      process.stderr.write(`tentacle-ping: ${error.message}\n`);
      return USAGE;
    }
    const text =
      error instanceof Error
        ? process.env['TENTACLE_DEBUG'] === undefined
          ? error.message
          : error.stack
        : String(error);
    process.stderr.write(`tentacle-ping: a fault of this tool: ${text ?? ''} (TENTACLE_DEBUG=1 shows more)\n`);
    return SOME_FAILED;
  })
  .then(async (status) => {
    await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
    // A look-up that hangs in the system would keep the process for minutes.
    process.exit(status);
  })
  .catch(() => process.exit(SOME_FAILED));
