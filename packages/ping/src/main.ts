#!/usr/bin/env node
import { homedir } from 'node:os';
import { parseArguments, UsageError } from 'tentacle-protocol';
import { commandLine } from './options.js';
import { ownVersion } from './plan.js';

/** Exit statuses, as --help documents them. */
const ALL_OK = 0;
const SOME_FAILED = 1;
const USAGE = 2;
/** As a shell reports a process that SIGINT ended: for whoever does not wait for the report. */
const INTERRUPTED = 130;

/** What asks a process to end: Ctrl+C, a service manager, a closed console (Windows: Ctrl+Break). */
const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGBREAK'] as const;

async function main(): Promise<number> {
  const version = ownVersion();
  const asked = await parseArguments(commandLine(version), process.argv.slice(2));
  if (asked.kind === 'print') {
    process.stdout.write(`${asked.text}\n`);
    return ALL_OK;
  }
  const { runFromCommandLine } = await import('./commands/run-from-command-line.js');
  const report = await runFromCommandLine(asked, version, {
    stdout: (text) => void process.stdout.write(text),
    stderr: (text) => void process.stderr.write(text),
    surroundings: { platform: process.platform, env: process.env, home: homedir() },
    stop: stopSignal(),
  });
  return report.attempts.ok > 0 && report.attempts.failed === 0 ? ALL_OK : SOME_FAILED;
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
