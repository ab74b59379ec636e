import { homedir } from 'node:os';
import { describeTooFewFiles, isOutOfHandles } from '../host/open-files.js';
import { askHidden } from './ask-hidden.js';
import { type Environment, UNKNOWN_WIDTH } from './environment.js';
import { ErrorOutput, stopBlocking } from './error-output.js';
import { showsUnicode } from '../text/screen.js';
import { renderStyles } from '../text/style.js';
import { wrap } from '../text/units.js';
import { clearOnStop } from './clear-on-stop.js';
import { type ColorChoice, hasColors, readColorChoice } from './color-option.js';
import { TerminalStatusLine } from './status-line.js';
import { maskUnsafe, maskUnsafeLines, singleLine } from '../text/sanitize.js';
import { withSources } from './defaults.js';
import type { ProgramDefinition } from './definition.js';
import { ExitStatus } from './exit-status.js';
import { OutputFile } from './output-file.js';
import { packageVersion } from './package-version.js';
import { type ParsedCommand, parseArguments } from './parse.js';
import { ResultOutput } from './result-output.js';
import { isUnknownHost } from './unknown-host.js';
import { UsageError } from './usage-error.js';

/** A command as it is run: its values are checked, its results written, its exit status returned. */
export type RunCommand = (
  command: ParsedCommand & { kind: 'run' },
  version: string,
  environment: Environment,
) => Promise<number>;

/** A program: its definition, and for each command the module that runs it. */
export interface Program {
  readonly definition: ProgramDefinition;
  /** The package.json that holds the version. */
  readonly packageJson: URL;
  /** By name; the default command's is empty. Loaded only when it runs, because help and version need none of them. */
  readonly commands: Readonly<Record<string, () => Promise<{ readonly run: RunCommand }>>>;
}

/** Signals that ask a process to end: Ctrl+C, a service manager, a closed console, Ctrl+Break on Windows. */
const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGBREAK'] as const;

/** Below 40 columns a table does not fit, and above 200 a line is hard to follow. */
const WIDTH_MIN = 40;
const WIDTH_MAX = 200;

/** A reader that is there takes all that may wait, a megabyte, in less. Who stops a service waits no longer than 10 s. */
const UNREAD_MS = 2000;

/** Set to anything, it adds the stack to an internal error. */
const DEBUG_VARIABLE = 'TENTACLE_DEBUG';

/** Run a program to its end, from the arguments to the exit status. */
export async function runProgram(program: Program, process: NodeJS.Process): Promise<void> {
  const { name } = program.definition;
  const hangup = new HangupSignal();
  const stop = stopController(process, hangup);
  const errors = new ErrorOutput(name, process.stderr, () => stop.abort());
  const fail = (error: unknown): number => reportError(error, { name, errors, process });
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error: unknown) => {
      const status = fail(error);
      void flushed(process.stderr, UNREAD_MS).then(() => process.exit(status));
    });
  }
  const results = new ResultOutput(name, process, () => stop.abort());
  const status = await start(program, process, { results, errors, stop: stop.signal, hangup }).catch(fail);
  // Results wait for their reader, such as a pager, unless they are on a terminal, which may be stopped.
  await Promise.all([
    flushed(process.stdout, process.stdout.isTTY ? UNREAD_MS : undefined),
    flushed(process.stderr, UNREAD_MS),
  ]);
  // The exit of Node 20 crashes where it sets back a terminal that is gone.
  if (hangup.hasStopped && (process.stdout.isTTY || process.stderr.isTTY)) endBySignal(process, 'SIGHUP');
  // Not by itself: a DNS lookup that hangs in the system would keep the process for minutes.
  process.exit(status === ExitStatus.OK && results.isBroken ? ExitStatus.FAILED : status);
}

/** What a program writes to, and what stops it. */
interface Outputs {
  readonly results: ResultOutput;
  readonly errors: ErrorOutput;
  readonly stop: AbortSignal;
  readonly hangup: HangupSignal;
}

/** SIGHUP: a stop, unless a command reads its files again. On Windows it says that the console is closed. */
class HangupSignal {
  hasStopped = false;
  #reload: (() => void) | undefined;

  readonly onHangup = (reload: () => void): void => {
    this.#reload = reload;
  };

  /** @returns whether the program is to stop. */
  arrived(platform: NodeJS.Platform): boolean {
    if (this.#reload === undefined || platform === 'win32') this.hasStopped = true;
    else this.#reload();
    return this.hasStopped;
  }
}

async function start(
  { definition, packageJson, commands }: Program,
  process: NodeJS.Process,
  outputs: Outputs,
): Promise<number> {
  const color = readColorChoice(process.argv.slice(2));
  const version = packageVersion(packageJson);
  const parsed = await parseArguments(definition, process.argv.slice(2), {
    versionText: `${definition.name} ${version} (${platformText(process)})`,
    width: terminalWidth(process.stdout.columns),
    env: process.env,
  });
  if (parsed.kind === 'print') {
    environmentOf(process, outputs, color).stdout(`${parsed.text}\n`);
    return ExitStatus.OK;
  }
  await refuseUnknownHost(parsed);
  const load = commands[parsed.command];
  if (load === undefined) throw new Error(`the command "${parsed.command}" has no module`);
  let file: OutputFile | undefined;
  let environment: Environment | undefined;
  try {
    file = OutputFile.of(parsed.options);
    if (file !== undefined) outputs.results.useFile(file);
    environment = environmentOf(process, outputs, color, file !== undefined);
    return await (await load()).run(parsed, version, environment);
  } catch (error) {
    throw error instanceof UsageError ? withSources(error, parsed.sources ?? new Map()) : error;
  } finally {
    environment?.status?.clear();
    file?.close();
  }
}

/** Asks whether the only argument was meant to be a command, where no host has that name. @throws UsageError */
async function refuseUnknownHost({ ifNotHost, positionals, options }: ParsedCommand & { kind: 'run' }): Promise<void> {
  const [word] = positionals;
  if (ifNotHost === undefined || word === undefined) return;
  // Then the name is not resolved on this machine.
  if (options.value('proxy') !== undefined || options.value('address') !== undefined) return;
  if (await isUnknownHost(word)) throw new UsageError(ifNotHost);
}

function platformText({ version, versions, platform, arch }: NodeJS.Process): string {
  return `Node ${version}, OpenSSL ${versions.openssl}, ${platform} ${arch}`;
}

/** @param isFile whether results go to a file in place of stdout. */
function environmentOf(
  process: NodeJS.Process,
  { results, errors, stop, hangup }: Outputs,
  color: ColorChoice,
  isFile = false,
): Environment {
  const { stdout, stderr, platform, env } = process;
  const isDumb = env['TERM'] === 'dumb';
  const isTerminal = stdout.isTTY && !isFile;
  const colors = { stdout: hasColors(color, env, isTerminal), stderr: hasColors(color, env, stderr.isTTY) };
  const status =
    stderr.isTTY && !isDumb
      ? new TerminalStatusLine(
          (text) => errors.write(renderStyles(text, colors.stderr)),
          () => stderr.columns,
        )
      : undefined;
  if (status !== undefined) clearOnStop(process, status);
  const print = (text: string, write: () => void): void => {
    if (status === undefined) write();
    else status.around(text, write);
  };
  const writeError = (text: string): void =>
    print(text, () => errors.write(renderStyles(wrapMessages(maskUnsafeLines(text), stderr), colors.stderr)));
  return {
    stdout: (text) => print(text, () => results.write(renderStyles(maskUnsafeLines(text), colors.stdout))),
    stderr: writeError,
    status: status && {
      show: (text) => status.show(() => maskUnsafe(typeof text === 'string' ? text : text())),
      clear: () => status.clear(),
      get width() {
        return status.width;
      },
    },
    openLog: (describeDropped) => {
      errors.becomeLog(describeDropped);
      // The little that is printed beside a log must not stop the program either.
      stopBlocking(stdout);
      return {
        write: (line, { isStyled = false, ...options } = {}) =>
          print(line, () =>
            errors.write(isStyled ? renderStyles(maskUnsafeLines(line), colors.stderr) : line, options),
          ),
        droppedLines: () => errors.droppedLines,
      };
    },
    // Opened where it is read: most commands never do.
    get stdin() {
      return process.stdin;
    },
    stderrIsTerminal: stderr.isTTY,
    // A terminal may be resized.
    get width() {
      return isFile ? UNKNOWN_WIDTH : terminalWidth(stdout.columns);
    },
    unicode: showsUnicode({ platform, env, isTerminal }),
    get askHidden() {
      const { stdin } = process;
      // It takes both: a place to ask on, and a place to answer.
      if (!stderr.isTTY || !stdin.isTTY) return undefined;
      return async (question: string) => askHidden(question, stdin, writeError, stop);
    },
    platform,
    runtime: platformText(process),
    env,
    home: homeOrNone(),
    stop,
    onHangup: hangup.onHangup,
  };
}

/** Messages such as `tentacle-ping: port 1 is in use`, wrapped between words where they are read on a terminal. */
export function wrapMessages(text: string, { isTTY, columns }: { isTTY: boolean; columns?: number }): string {
  if (!isTTY) return text;
  const width = terminalWidth(columns);
  const lines = text.split('\n');
  return lines.map((line) => (/^tentacle-p[io]ng: /.test(line) ? wrap(line, '', '  ', width) : line)).join('\n');
}

/** The columns to use for a terminal that reports this many. */
export function terminalWidth(columns: number | undefined): number {
  if (columns === undefined || columns === 0) return UNKNOWN_WIDTH;
  return Math.min(Math.max(columns, WIDTH_MIN), WIDTH_MAX);
}

/** Services and containers run under accounts without a home directory. */
function homeOrNone(): string {
  try {
    return homedir();
  } catch {
    return '';
  }
}

/** Aborted by the first signal; a second one ends the process at once. */
function stopController(process: NodeJS.Process, hangup: HangupSignal): AbortController {
  const controller = new AbortController();
  for (const signal of STOP_SIGNALS) {
    process.on(signal, () => {
      if (signal === 'SIGHUP' && !hangup.arrived(process.platform)) return;
      if (controller.signal.aborted) endBySignal(process, signal);
      controller.abort();
    });
  }
  return controller;
}

/** Ends at once, as without a handler. An exit would wait for a system call that hangs, such as the opening of a pipe. */
function endBySignal(process: NodeJS.Process, signal: NodeJS.Signals): void {
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
}

/** Write the error as one line, wrapped on a terminal. @returns the exit status. */
function reportError(
  error: unknown,
  { name, errors, process: { stderr, env } }: { name: string; errors: ErrorOutput; process: NodeJS.Process },
): number {
  const write = (text: string): void =>
    errors.write(wrapMessages(maskUnsafeLines(`${name}: ${text}\n`), stderr), { isImportant: true });
  if (error instanceof UsageError) {
    write(error.message);
    return ExitStatus.USAGE;
  }
  if (isOutOfHandles(error)) {
    errors.write(describeTooFewFiles(name), { isImportant: true });
    return ExitStatus.FAILED;
  }
  const text = singleLine(error instanceof Error ? `${error.name}: ${error.message}` : String(error));
  const stack = error instanceof Error ? error.stack : undefined;
  if (env[DEBUG_VARIABLE] === undefined) write(`internal error: ${text} (set ${DEBUG_VARIABLE}=1 to see the stack)`);
  else write(`internal error: ${stack ?? text}`);
  return ExitStatus.FAILED;
}

/** All that was written has to be out before the process ends. @param maxMs how long to wait for the reader. */
async function flushed(stream: NodeJS.WriteStream, maxMs?: number): Promise<void> {
  if (stream.writableLength === 0 || stream.destroyed) return;
  await new Promise<void>((resolve) => {
    stream.write('', () => resolve());
    if (maxMs !== undefined) setTimeout(resolve, maxMs);
  });
}
