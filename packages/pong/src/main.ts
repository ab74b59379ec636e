#!/usr/bin/env node
import { homedir, networkInterfaces } from 'node:os';
import { parseArguments, UsageError } from 'tentacle-protocol/command-line';
import type { Outside } from './commands/listen.js';
import { commandLine } from './options.js';
import { ownVersion } from './own-version.js';

/** Arguments, or files that they name, that cannot be used. */
const EXIT_USAGE = 2;
/** Could not listen, or a bug of our own. */
const EXIT_FAILED = 1;

/** What ends a run in order. The second one ends it at once. SIGBREAK is Ctrl+Break on Windows; SIGHUP a closed console. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGBREAK'] as const;

let showsStacks = false;

async function main(argv: readonly string[]): Promise<number> {
  const version = ownVersion();
  const asked = await parseArguments(commandLine(version), argv);
  if (asked.kind === 'print') {
    process.stdout.write(`${asked.text}\n`);
    return 0;
  }
  const { words, given } = asked;
  // Loaded only now: --help and --version need none of it.
  const [{ planOf }, { pollPlanOf }, { pino }] = await Promise.all([
    import('./plan.js'),
    import('./poll/plan.js'),
    import('pino'),
  ]);
  const plan = given.one('poll') === undefined ? planOf(words, given) : pollPlanOf(words, given);
  showsStacks = ['debug', 'trace'].includes(plan.logLevel);
  // Synchronous: what was logged is out, whatever happens next. A log that nobody reads any more is no reason to end.
  const logDestination = pino.destination({ fd: 2, sync: true });
  logDestination.on('error', () => undefined);
  const outside: Outside = {
    version,
    surroundings: { platform: process.platform, env: process.env, home: homeOrNone() },
    interfaces: networkInterfaces(),
    log: pino(
      {
        level: plan.logLevel,
        base: null,
        timestamp: pino.stdTimeFunctions.isoTime,
        formatters: { level: (label) => ({ level: label }) },
      },
      logDestination,
    ),
    print: (text) => void process.stdout.write(text),
    complain,
    stop: stopSignal(),
  };
  if ('server' in plan) return (await import('./commands/poll.js')).pollCommand(plan, given, outside);
  return (await import('./commands/listen.js')).listenCommand(plan, outside);
}

function stopSignal(): AbortSignal {
  const controller = new AbortController();
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      if (controller.signal.aborted) process.exit(EXIT_FAILED);
      controller.abort();
    });
  }
  return controller.signal;
}

/** An account may have none: a service, a container. */
function homeOrNone(): string {
  try {
    return homedir();
  } catch {
    return '';
  }
}

function complain(line: string): void {
  process.stderr.write(`tentacle-pong: ${line}\n`);
}

/** The last word on an error: one line, and for a bug the stack where somebody asked to see everything. */
function statusOf(error: unknown): number {
  if (error instanceof UsageError) {
    complain(error.message);
    return EXIT_USAGE;
  }
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  complain(`internal bug: ${`${name}: ${message}`.replaceAll(/\s+/g, ' ')}`);
  if (showsStacks && stack !== undefined) process.stderr.write(`${stack}\n`);
  return EXIT_FAILED;
}

for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
  process.on(event, (error: unknown) => process.exit(statusOf(error)));
}

// Whoever read our results has gone (`| head -1`): there is nobody to tell. Anything else is worth a line.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') complain(`the results cannot be written (${error.code ?? error.message})`);
});

// Nobody is left to complain to.
process.stderr.on('error', () => undefined);

process.exitCode = await main(process.argv.slice(2)).catch(statusOf);
